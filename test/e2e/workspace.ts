// A workspace in a temporary folder with a tiny model and small rows, and the Python environment the tests train with.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../src/python/find-python.ts';
import { runTrainer } from '../../src/python/run-trainer.ts';
import { type CliOptions, type CliResult, runCli } from '../run-cli.ts';

/** Set by `npm test`; without it, tests that train say so and skip. */
export const python = process.env.LORCH_PYTHON;
if (!python)
  process.stderr.write('skipped: tests that train need LORCH_PYTHON, an environment `lorch setup` made\n');

export interface TestWorkspace {
  root: string;
  env: Record<string, string | undefined>;
  lorch(args: string[], options?: CliOptions): Promise<CliResult>;
  write(path: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** One thread, no hub, a cache of its own. */
export async function makeWorkspace(): Promise<TestWorkspace> {
  const root = await mkdtemp(join(tmpdir(), 'lorch-e2e-'));
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    XDG_CACHE_HOME: join(root, '.cache'),
    OMP_NUM_THREADS: '1',
    HF_HUB_OFFLINE: '1',
  };
  const write = async (path: string, text: string) => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await write('lorch.yaml', python ? `python: ${python}\n` : '');
  await write('datasets/tickets.jsonl', ticketRows(64));
  await write('configs/run.yaml', config);
  const workspace: TestWorkspace = {
    root,
    env,
    lorch: (args, options = {}) => runCli(args, { cwd: root, env, ...options }),
    write,
    remove: () => rm(root, { recursive: true, force: true }),
  };
  if (python) await makeModel(workspace);
  return workspace;
}

async function makeModel({ root, env }: TestWorkspace): Promise<void> {
  await runTrainer(await findPython({ env, explicit: python ?? '' }), 'tiny', {
    out: join(root, 'models/tiny'),
    texts: [join(root, 'datasets/tickets.jsonl')],
    vocab_size: 384,
    hidden_size: 48,
    layers: 2,
    seed: 1,
    chat_template: true,
  });
}

const things = ['router', 'laptop', 'printer', 'phone'];
const troubles = ['does not start', 'is late', 'was billed twice', 'is broken'];

/** Conversations with short, regular answers, and one faulty row at each end. */
export function ticketRows(n: number): string {
  const rows = Array.from({ length: n }, (_, i) => {
    const [thing, trouble] = [things[i % 4], troubles[Math.floor(i / 4) % 4]];
    return {
      messages: [
        { role: 'user', content: `Ticket ${i}: my ${thing} ${trouble}.` },
        { role: 'assistant', content: `queue: ${thing}; priority: ${i % 2 ? 'high' : 'low'}` },
      ],
    };
  });
  const lines = rows.map((row) => JSON.stringify(row));
  const faulty = '{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":""}]}';
  return `${faulty}\n${lines.join('\n')}\n${lines[5]}\n`;
}

const config = `
name: tickets
base_model: models/tiny
model: { dtype: float32 }
dataset:
  train: datasets/tickets.jsonl
  validation: { fraction: 0.15, seed: 7 }
  on_error: drop
lora: { r: 4, target_modules: [q_proj, v_proj], modules_to_save: [embed_tokens, lm_head] }
training:
  num_train_epochs: 2
  per_device_train_batch_size: 8
  gradient_accumulation_steps: 1
  gradient_checkpointing: false
  learning_rate: 1.0e-2
  max_length: 96
`;
