// A workspace whose files have the names of modules: no Python that lorch starts may import them.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importPackages } from '../../src/python/import-packages.ts';
import { inspectPython } from '../../src/python/inspect.ts';
import { isolatedArgs, isolatedEnvironment } from '../../src/python/isolated.ts';
import { runTrainer } from '../../src/python/run-trainer.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';
import { jobEnvironment } from '../../src/supervise/job-environment.ts';

const names = [
  ...['tokenize', 'random', 'typing', 'token', 'json', 'queue', 'sitecustomize', 'usercustomize'],
  ...['multiprocessing', 'subprocess', 'torch', 'datasets', 'venv', 'importlib', 'encodings'],
];

let dir: string;
let workspace: string;
let mark: string;
let env: Record<string, string | undefined>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-isolated-'));
  workspace = join(dir, 'workspace');
  mark = join(dir, 'imported');
  mkdirSync(join(workspace, 'datasets'), { recursive: true });
  const code = `open(${JSON.stringify(mark)}, "a").write(__file__)\n`;
  for (const name of names) writeFileSync(join(workspace, `${name}.py`), code);
  writeFileSync(join(workspace, 'datasets', '__init__.py'), code);
  env = {
    PATH: process.env.PATH,
    HOME: dir,
    PYTHONPATH: `${workspace}:.`,
    PYTHONSTARTUP: join(workspace, 'random.py'),
    PYTHONUSERBASE: workspace,
    PYTHONWARNINGS: 'ignore::random.Nothing',
  };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A trainer's package with this code, in place of the real one. */
function makeTrainer(code: string): string {
  const trainer = join(dir, 'trainer');
  mkdirSync(join(trainer, 'lorch_trainer'), { recursive: true });
  copyFileSync(join(findTrainerDir(), 'isolated.py'), join(trainer, 'isolated.py'));
  writeFileSync(join(trainer, 'lorch_trainer', '__init__.py'), '');
  writeFileSync(join(trainer, 'lorch_trainer', 'work.py'), work);
  writeFileSync(join(trainer, 'lorch_trainer', '__main__.py'), code);
  return trainer;
}

const work = `
def modules(_):
    import queue, random
    return [module.__file__ for module in (queue, random)]
`;

// A worker that Python starts anew, and an interpreter that a library starts with arguments of its own.
const program = `
import datetime, json, os, random, subprocess, sys, tokenize, typing
import multiprocessing as mp
from lorch_trainer.work import modules

if __name__ == "__main__":
    with mp.get_context("spawn").Pool(1) as pool:
        [worker] = pool.map(modules, [0])
    own = subprocess.run([sys.executable, "-c", "import sys; print(sys.flags.no_user_site)"], capture_output=True, text=True, check=True)
    value = {"worker": worker, "path": sys.path, "own": own.stdout.strip(), "argv": sys.argv[1:]}
    print(json.dumps({"type": "result", "value": value}))
`;

describe('an isolated Python', () => {
  it('and its workers import nothing from the current folder or the user’s variables', async () => {
    const trainerDir = makeTrainer(program);
    const args = isolatedArgs(trainerDir, process.pid, ['lorch_trainer', 'verb', '--flag']);
    const { stdout } = await execa('python3', args, {
      cwd: workspace,
      env: isolatedEnvironment(env),
      extendEnv: false,
    });
    const { value } = JSON.parse(stdout);
    expect(value.argv).toEqual(['verb', '--flag']);
    expect(value.own).toBe('1');
    expect(value.path[0]).toBe(trainerDir);
    for (const path of [...value.path, ...value.worker]) {
      expect(path).not.toBe('');
      expect(path).not.toContain(workspace);
    }
    expect(existsSync(mark)).toBe(false);
  });

  it('is what every command of ours starts', async () => {
    const trainerDir = makeTrainer(program);
    const python = {
      executable: 'python3',
      env: isolatedEnvironment(env),
      trainerDir,
      source: 'explicit' as const,
      logDir: dir,
    };
    const before = process.cwd();
    process.chdir(workspace);
    try {
      await runTrainer(python, 'verb', {});
      await inspectPython('python3', ['numpy'], env);
      await importPackages(python, [{ name: 'no-such-package', module: 'random' }]);
    } finally {
      process.chdir(before);
    }
    expect(existsSync(mark)).toBe(false);
  });

  it('passes no variable of Python on, and none that lets a pickle run', () => {
    const unsafe = { ...env, PYTHONHOME: '/x', TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD: '1' };
    for (const kept of [
      isolatedEnvironment(unsafe),
      jobEnvironment({ ...unsafe, ...isolatedEnvironment(unsafe) }),
    ]) {
      expect(
        Object.keys(kept)
          .filter((name) => name.startsWith('PYTHON'))
          .sort(),
      ).toEqual(['PYTHONNOUSERSITE', 'PYTHONSAFEPATH', 'PYTHONUTF8']);
      expect(kept.TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD).toBeUndefined();
      expect(kept.TORCH_FORCE_WEIGHTS_ONLY_LOAD).toBe('1');
    }
  });

  it('ends when its parent is killed', async () => {
    const trainerDir = makeTrainer('import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n');
    // The parent is a process of its own, which can be killed without a chance to clean up.
    const code = `
      import { spawn } from 'node:child_process';
      const [python, ...args] = JSON.parse(process.argv[1]);
      const at = args.findIndex((each) => each === 'PARENT');
      args[at] = String(process.pid);
      spawn(python, args, { stdio: 'inherit' });
      setInterval(() => undefined, 1000);`;
    const args = isolatedArgs(trainerDir, 0, ['lorch_trainer']).map((each) =>
      each === '0' ? 'PARENT' : each,
    );
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      code,
      JSON.stringify(['python3', ...args]),
    ]);
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (text) => resolve(Number(text))),
    );
    expect(isLiving(pid)).toBe(true);
    parent.kill('SIGKILL');
    while (isLiving(pid)) await new Promise((wake) => setTimeout(wake, 50));
  });
});

function isLiving(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    if (existsSync('/proc/self/stat')) return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
