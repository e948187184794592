// The process scheduler with the shim, on this machine.
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { findByEnvironment, isAlive, statFromPs } from '../../src/hosts/processes.ts';
import { readAttemptFile } from '../../src/hosts/read-files.ts';
import type { AttemptFile, AttemptFileKind } from '../../src/run/attempt-files.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import { processScheduler } from '../../src/schedulers/process.ts';
import type { Job, LaunchSpec } from '../../src/schedulers/scheduler.ts';

const shim = resolve(import.meta.dirname, '../../src/trainer/shim.py');
const python = 'python3';
let runDir: string;
let dir: string;

beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'lorch-launch-'));
  dir = attemptPaths(runDir, 1).dir;
  await mkdir(dir, { mode: 0o700 });
});

afterEach(() => rm(runDir, { recursive: true, force: true, maxRetries: 5 }));

async function until<T>(read: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const value = await read();
    if (value) return value;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

const jobOf = (token: string): Job => ({ host: localHost, runDir, paths: attemptPaths(runDir, 1), token });
const found = (token: string) => findByEnvironment(localHost, `LORCH_ATTEMPT=${token}`);

const specOf = (token: string, command: string[], changes: Partial<LaunchSpec> = {}): LaunchSpec => ({
  ...jobOf(token),
  python,
  shim,
  command,
  env: { PATH: process.env.PATH ?? '', LORCH_ATTEMPT: token },
  resources: { gpus: 0 },
  ...changes,
});

async function start(command: string[], token = `token-${Math.random()}`) {
  const handle = await processScheduler.start(specOf(token, command));
  return { token, job: jobOf(token), handle };
}

async function file<K extends AttemptFileKind>(kind: K): Promise<AttemptFile<K> | null> {
  const read = await readAttemptFile(localHost, attemptPaths(runDir, 1), kind);
  return read.state === 'read' ? read.value : null;
}
const exited = () => until(() => file('exit'));

describe('the process scheduler and the shim', () => {
  it('leaves the exit code, what was printed, and who it was', async () => {
    await start(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(await exited()).toMatchObject({ by: 'shim', code: 3, signal: null, asked: null });
    expect(await readFile(join(dir, 'train.log'), 'utf8')).toBe('out\nerr\n');
    expect(await file('claim')).toMatchObject({ by: 'shim' });
    expect((await stat(join(dir, 'train.log'))).mode & 0o777).toBe(0o600);
  });

  it('passes values to the trainer as they are, with no shell in between', async () => {
    await start(['sh', '-c', 'printf "%s|" "$@"', 'name', 'a; echo INJECTED', '$(id)', '--', '-x']);
    await exited();
    expect(await readFile(join(dir, 'train.log'), 'utf8')).toBe('a; echo INJECTED|$(id)|--|-x|');
  });

  it('ends what the trainer left in its process group', async () => {
    const { token } = await start(['sh', '-c', 'sleep 60 & sleep 60 & exit 0']);
    await exited();
    // The shim itself is on its way out.
    await until(async () => (await found(token)).length === 0);
  });

  it('asks the trainer to stop when it is asked itself, and says so', async () => {
    const { job, handle } = await start([
      'sh',
      '-c',
      'trap "kill $!; exit 143" TERM; sleep 60 & echo ready; wait',
    ]);
    await until(async () => (await readFile(join(dir, 'train.log'), 'utf8').catch(() => '')) || null);
    expect(await processScheduler.stop(job, handle, false)).toBe(true);
    expect(await exited()).toMatchObject({ code: 143, asked: 15 });
    await until(async () => (await processScheduler.state(job, handle)).state === 'gone');
    expect(await processScheduler.stop(job, handle, false)).toBe(false);
  });

  it('names the shim by its handle, and finds it without one', async () => {
    const { job, handle } = await start(['sleep', '60']);
    const trainer = await until(() => file('trainer'));
    const claim = await file('claim');
    expect(claim).toMatchObject({ by: 'shim', ...(handle as object) });
    for (const known of [handle, null, { pid: 'else' }])
      expect(await processScheduler.state(job, known)).toEqual({ state: 'running' });
    // A claim that cannot be read: the handle still says who it is.
    await writeFile(join(dir, 'claim.json'), 'torn');
    process.kill(trainer.pid, 'SIGSTOP');
    expect(await processScheduler.stop(job, handle, true)).toBe(true);
    expect(await exited()).toMatchObject({ signal: 9 });
  });

  it('kills all of a job but the shim, workers in groups of their own included', async () => {
    const worker = 'import os,time; os.setsid(); print("up", flush=True); time.sleep(60)';
    const { job, handle, token } = await start(['sh', '-c', `python3 -c '${worker}' & trap "" TERM; wait`]);
    await until(async () => (await readFile(join(dir, 'train.log'), 'utf8').catch(() => '')) || null);
    expect(await processScheduler.stop(job, handle, true)).toBe(true);
    expect(await exited()).toMatchObject({ by: 'shim', signal: 9, asked: 15 });
    await until(async () => (await found(token)).length === 0);
  });

  it('never starts an attempt that somebody else holds', async () => {
    await writeFile(join(dir, 'claim.json'), JSON.stringify({ by: 'controller', t: 1 }));
    const { exitCode } = await execa(python, ['-I', '-S', shim, dir, '--', 'touch', join(dir, 'started')], {
      reject: false,
    });
    expect(exitCode).toBe(90);
    await expect(stat(join(dir, 'started'))).rejects.toThrow('ENOENT');
    expect(await file('claim')).toEqual({ by: 'controller', t: 1 });
  });

  it('records a command that cannot be run', async () => {
    await start(['/no/such/program']);
    expect(await exited()).toMatchObject({
      code: null,
      error: '/no/such/program: No such file or directory',
    });
  });

  it('refuses an interpreter that is not there, or that is not executable', async () => {
    const refused = { code: 'R131', exitCode: 3 };
    await expect(
      processScheduler.start(specOf('t', ['true'], { python: '/no/python' })),
    ).rejects.toMatchObject({ ...refused, message: '/no/python cannot be started: there is no such file' });
    const plain = join(dir, 'plain');
    await writeFile(plain, '');
    await chmod(plain, 0o600);
    await expect(processScheduler.start(specOf('t', ['true'], { python: plain }))).rejects.toMatchObject(
      refused,
    );
  });

  it('refuses a shim that is not there, and a folder that cannot be written', async () => {
    await expect(processScheduler.start(specOf('t', ['true'], { shim: '/no/shim.py' }))).rejects.toThrow(
      /\/no\/shim.py/,
    );
    const paths = attemptPaths('/no/run', 1);
    await expect(processScheduler.start(specOf('t', ['true'], { paths }))).rejects.toThrow(
      '/no/run/attempt-1/train.log: No such file or directory',
    );
  });

  it('does not know of a shim that was killed while it started', async () => {
    const kills = join(dir, 'kills');
    await writeFile(kills, '#!/bin/sh\nkill -9 $$\n');
    await chmod(kills, 0o700);
    expect(await processScheduler.start(specOf('t', ['true'], { python: kills }))).toBe(null);
  });

  it('tells a process from a later one with the same pid, and from a zombie', async () => {
    const { token, job } = await start(['sleep', '60']);
    const trainer = await until(() => file('trainer'));
    const stranger = { ...jobOf('other'), runDir: '/other', paths: attemptPaths(runDir, 1) };
    expect(await isAlive(localHost, trainer)).toBe(true);
    expect((await processScheduler.state(stranger, null)).state).toBe('gone');
    expect(await processScheduler.stop(stranger, null, true)).toBe(false);
    expect(await isAlive(localHost, { ...trainer, start: '1' })).toBe(false);
    expect(await isAlive(localHost, { ...trainer, boot_id: 'another' })).toBe(false);
    const all = await until(async () => {
      const both = await found(token);
      return both.length === 2 ? both : null;
    });
    expect(all).toContainEqual({ ...trainer, leader: true });
    // It would end by the question already.
    process.kill(trainer.pid, 'SIGSTOP');
    expect(await processScheduler.stop(job, null, true)).toBe(true);
    expect(await exited()).toMatchObject({ code: null, signal: 9 });
    expect(await isAlive(localHost, trainer)).toBe(false);
    await until(async () => (await processScheduler.state(job, null)).state === 'gone');
  });

  it('reads the same facts from ps, for systems without /proc', async () => {
    const here = await statFromPs(localHost, process.pid);
    expect(here?.start).toMatch(/\d\d:\d\d:\d\d \d{4}$/);
    expect(here?.group).toBeGreaterThan(0);
    expect(await statFromPs(localHost, 2 ** 22 + 1)).toBe(null);
  });
});
