// A workspace at one place that can be put back as it was, and lorch as a real process in it.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCli } from '../run-cli.ts';
import { copyFinishedRun } from '../supervise/finished-run.ts';
import { keptRun, otherRun } from './cases.ts';
import { type Installation, installLorch, makeBarePython } from './installation.ts';

export interface Done {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface FaultWorkspace {
  /** The workspace itself; everything else lies beside it. */
  root: string;
  beside: string;
  lorch: Installation;
  run(args: string[], env?: Record<string, string>): Done;
  /** The same in this process, without faults. */
  runHere(args: string[]): Promise<Done>;
  /** Puts everything back as it was when `keep` was called last. */
  restore(): void;
  keep(): void;
  close(): void;
}

/** `python`: what tokenises; a bare one if there is none. */
export function makeFaultWorkspace(python: string | undefined): FaultWorkspace {
  const beside = mkdtempSync(join(tmpdir(), 'lorch-faults-'));
  const [root, kept] = [join(beside, 'work'), join(beside, 'kept')];
  let goneCount = 0;
  const lorch = installLorch();
  lorch.trainWith('ok');
  for (const folder of ['datasets', 'configs', 'runs']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'lorch.yaml'), `python: ${python ?? makeBarePython(join(beside, 'python'))}\n`);
  writeFileSync(join(root, 'datasets/rows.jsonl'), rows());
  writeFileSync(join(root, 'configs/run.yaml'), config);
  cpSync(resolve(import.meta.dirname, '../fixtures/import/axolotl-qlora.yml'), join(root, 'axolotl.yml'));
  for (const id of [keptRun, otherRun]) copyFinishedRun(join(root, 'runs'), id);
  const env = {
    PATH: process.env.PATH,
    HOME: beside,
    XDG_CACHE_HOME: join(root, 'cache'),
    OMP_NUM_THREADS: '1',
    HF_HUB_OFFLINE: '1',
    NO_COLOR: '1',
  };
  const run = (args: string[], more: Record<string, string> = {}): Done => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [lorch.bin, ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...env, ...more },
    });
    return { code: status, stdout, stderr };
  };
  if (python)
    must(run(['model', 'tiny', 'models/tiny', '--texts', 'datasets/rows.jsonl', '--vocab-size', '300']));
  must(run(['runs']));
  const workspace: FaultWorkspace = {
    root,
    beside,
    lorch,
    run,
    async runHere(args) {
      const { exitCode, stdout, stderr } = await runCli(args, { cwd: root, env });
      return { code: exitCode, stdout, stderr };
    },
    keep() {
      rmSync(kept, { recursive: true, force: true });
      cpSync(root, kept, { recursive: true, preserveTimestamps: true });
    },
    restore() {
      // Out of the way in one step: a run that was started there may still be writing to its folder.
      const gone = join(beside, `gone-${goneCount++}`);
      renameSync(root, gone);
      try {
        rmSync(gone, { recursive: true, force: true });
      } catch {
        // It goes with everything else at the end.
      }
      cpSync(kept, root, { recursive: true, preserveTimestamps: true });
    },
    close() {
      lorch.remove();
      rmSync(beside, { recursive: true, force: true, maxRetries: 50 });
    },
  };
  if (python) {
    // Tokenised once, so that a trial takes seconds.
    must(run(['plan', 'configs/run.yaml']));
  }
  workspace.keep();
  return workspace;
}

function must({ code, stderr }: Done): void {
  if (code !== 0) throw new Error(`the workspace cannot be made: ${stderr}`);
}

/** The text of a file; null if there is none. */
export function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function rows(): string {
  const row = (i: number): string =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `Ticket ${i}: the ${['router', 'laptop', 'printer'][i % 3]} is broken.` },
        { role: 'assistant', content: `queue ${i % 7}` },
      ],
    });
  return `${Array.from({ length: 40 }, (_, i) => row(i)).join('\n')}\n${row(3)}\n`;
}

const config = `name: fresh
base_model: models/tiny
model: { dtype: float32 }
dataset: { train: datasets/rows.jsonl }
lora: { r: 4, target_modules: [q_proj, v_proj] }
training: { num_train_epochs: 1, per_device_train_batch_size: 8, max_length: 96 }
`;
