// The recorded counts against the libraries that are installed: a new PEFT or transformers may count otherwise.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';

const python = process.env.LORCH_PYTHON;
if (!python) process.stderr.write('skipped: counting with PEFT itself needs LORCH_PYTHON\n');

const folder = new URL('../fixtures/model/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

/** One of each family, the quickest. */
const models = [
  'llama-with-biases',
  'Llama-3.2-1B',
  'Qwen3-0.6B',
  'Qwen2.5-3B',
  'gemma-3-1b',
  'gemma-2-2b',
  'gpt2',
  'pythia-410m',
  'opt-350m',
  'falcon-serial-with-biases',
  'gemma-3-4b',
  'qwen3-moe-mixed-layers',
  'Qwen1.5-MoE-A2.7B',
  'Mixtral-8x7B',
  'gpt-oss-20b',
  'DeepSeek-V2-Lite',
  'Phi-3-mini',
];

async function record(script: string, args: string[] = []): Promise<unknown> {
  const { stdout } = await execa(python ?? '', [fileURLToPath(new URL(script, folder)), ...args], {
    env: { PYTHONPATH: findTrainerDir(), OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' },
    stderr: 'ignore',
  });
  return JSON.parse(stdout);
}

describe.runIf(python)('with the installed libraries', () => {
  it('PEFT counts as recorded', async () => {
    const all = read('peft-counts.json') as Record<string, unknown>;
    const recorded = Object.fromEntries(models.map((model) => [model, all[model]]));
    expect(await record('record_peft_counts.py', models)).toEqual(recorded);
  });

  it('transformers and TRL count steps and packed sequences as recorded', async () => {
    expect(await record('record_steps.py')).toEqual(read('steps.json'));
  });
});
