import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/diagnostics/user-error.ts';
import type { PythonEnv } from '../../src/python/environment.ts';
import { runTrainer } from '../../src/python/run-trainer.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';

// A stand-in package in place of the trainer: the contract is between processes, so any program can speak it.
const program = `
import json, os, signal, sys, time
spec = json.load(sys.stdin)
verb = sys.argv[1]
say = lambda **line: print(json.dumps(line), flush=True)
if verb == "echo":
    print("a library greets", file=sys.stderr)
    say(type="progress", label="reading", done=1, total=2)
    print("not JSON at all")
    say(type="progress", label="reading", done=2, total=None)
    say(type="result", value={"spec": spec, "extra": os.environ.get("EXTRA")})
elif verb == "refuse":
    say(type="error", code="T003", message="no template", hint="name one")
    sys.exit(spec["exit"])
elif verb == "crash":
    print("Traceback (most recent call last):", file=sys.stderr)
    print("ValueError: boom", file=sys.stderr)
    sys.exit(1)
elif verb == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
elif verb == "imports":
    import a_package_nobody_has
elif verb == "silent":
    pass
elif verb == "hangs":
    say(type="progress", label="hanging", done=0, total=None)
    time.sleep(60)
`;

let dir: string;
let python: PythonEnv;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-run-trainer-'));
  mkdirSync(join(dir, 'lorch_trainer'));
  copyFileSync(join(findTrainerDir(), 'isolated.py'), join(dir, 'isolated.py'));
  writeFileSync(join(dir, 'lorch_trainer', '__init__.py'), '');
  writeFileSync(join(dir, 'lorch_trainer', '__main__.py'), program);
  python = {
    executable: 'python3',
    env: { PATH: process.env.PATH ?? '' },
    trainerDir: dir,
    source: 'explicit',
    logDir: join(dir, 'logs'),
  };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function failure(work: Promise<unknown>): Promise<UserError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UserError);
  return thrown as UserError;
}

describe('runTrainer', () => {
  it('hands the spec over on stdin and returns the result value', async () => {
    const spec = { texts: ['ünïcode', "it's; $(quoted)"], none: null };
    const value = await runTrainer(python, 'echo', spec, { env: { EXTRA: 'given' } });
    expect(value).toEqual({ spec, extra: 'given' });
  });

  it('reports progress and logs separately, and ignores lines that are not JSON', async () => {
    const progress: unknown[] = [];
    const logs: string[] = [];
    await runTrainer(
      python,
      'echo',
      {},
      { onProgress: (each) => progress.push(each), onLog: (each) => logs.push(each) },
    );
    expect(progress).toEqual([
      { label: 'reading', done: 1, total: 2 },
      { label: 'reading', done: 2, total: null },
    ]);
    expect(logs).toEqual(['a library greets']);
  });

  it("throws the trainer's own code, hint and exit code", async () => {
    const error = await failure(runTrainer(python, 'refuse', { exit: 1 }));
    expect(error).toMatchObject({ code: 'T003', message: 'no template', hint: 'name one', exitCode: 1 });
    expect((await failure(runTrainer(python, 'refuse', { exit: 3 }))).exitCode).toBe(3);
  });

  it('names the log of a crash, which contains the output of Python', async () => {
    const error = await failure(runTrainer(python, 'crash', {}));
    expect(error.code).toBe('E008');
    expect(error.message).toContain('ValueError: boom');
    const log = /(\S+\.log)/.exec(error.hint ?? '')?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toContain('Traceback');
  });

  it('tells a kill from a crash, and that memory may be the reason', async () => {
    const error = await failure(runTrainer(python, 'killed', {}));
    expect(error.message).toContain('SIGKILL');
    expect(error.hint).toContain('memory');
  });

  it('names a package that an import did not find', async () => {
    const error = await failure(runTrainer(python, 'imports', {}));
    expect(error).toMatchObject({ code: 'E003', exitCode: 3 });
    expect(error.message).toContain('a_package_nobody_has');
  });

  it('takes a good exit without a result for a crash', async () => {
    expect((await failure(runTrainer(python, 'silent', {}))).code).toBe('E008');
  });

  it('stops the process when the signal is given, and throws its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by the user');
    const work = runTrainer(
      python,
      'hangs',
      {},
      { signal: controller.signal, onProgress: () => controller.abort(reason) },
    );
    await expect(work).rejects.toBe(reason);
  });

  it('says that an interpreter is not there', async () => {
    const error = await failure(runTrainer({ ...python, executable: join(dir, 'none') }, 'echo', {}));
    expect(error).toMatchObject({ code: 'E005', exitCode: 3 });
  });
});
