import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localLauncher } from '../../src/launchers/local.ts';
import { statFromPs } from '../../src/launchers/process-identity.ts';
import { type AttemptFile, type AttemptFileKind, checkAttemptFile } from '../../src/run/attempt-files.ts';

const shim = resolve(import.meta.dirname, '../../src/trainer/shim.py');
const python = 'python3';
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lorch-launch-'));
});

afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

async function until<T>(read: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const value = await read();
    if (value) return value;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

async function start(command: string[], token = `token-${Math.random()}`): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', LORCH_ATTEMPT: token };
  await localLauncher.start({ attemptDir: dir, python, shim, command, env });
  return token;
}

async function file<K extends AttemptFileKind>(kind: K): Promise<AttemptFile<K> | null> {
  const read = await localLauncher.readJson(join(dir, `${kind}.json`), (value) =>
    checkAttemptFile(kind, value),
  );
  return read.state === 'read' ? read.value : null;
}
const exited = () => until(() => file('exit'));

describe('the local launcher and the shim', () => {
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
    const token = await start(['sh', '-c', 'sleep 60 & sleep 60 & exit 0']);
    await exited();
    // The shim itself is on its way out.
    await until(async () => (await localLauncher.findByToken(token)).length === 0);
  });

  it('asks the trainer to stop when it is asked itself, and says so', async () => {
    const token = await start(['sh', '-c', 'trap "kill $!; exit 143" TERM; sleep 60 & echo ready; wait']);
    await until(async () => (await readFile(join(dir, 'train.log'), 'utf8').catch(() => '')) || null);
    const claim = await file('claim');
    if (claim?.by !== 'shim') throw new Error('no claim');
    expect(await localLauncher.signal(claim, { token, runDir: dir }, 'SIGTERM', 'process')).toBe(true);
    expect(await exited()).toMatchObject({ code: 143, asked: 15 });
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

  it('refuses an interpreter that is not there', async () => {
    const spec = { attemptDir: dir, python: '/no/python', shim, command: ['true'], env: {} };
    await expect(localLauncher.start(spec)).rejects.toMatchObject({ code: 'R131', exitCode: 3 });
  });

  it('keeps the reason of a shim that cannot start in the log', async () => {
    await localLauncher.start({ attemptDir: dir, python, shim: '/no/shim.py', command: ['true'], env: {} });
    const log = () => readFile(join(dir, 'train.log'), 'utf8');
    expect(await until(async () => (await log()) || null)).toContain('/no/shim.py');
  });

  it('tells a process from a later one with the same pid, and from a zombie', async () => {
    const token = await start(['sleep', '60']);
    const trainer = await until(() => file('trainer'));
    const owner = { token, runDir: dir };
    expect(await localLauncher.isAlive(trainer, owner)).toBe(true);
    expect(await localLauncher.isAlive(trainer, { token: 'other', runDir: '/other' })).toBe(false);
    expect(
      await localLauncher.signal(trainer, { token: 'other', runDir: '/other' }, 'SIGKILL', 'group'),
    ).toBe(false);
    expect(await localLauncher.isAlive({ ...trainer, start: '1' }, owner)).toBe(false);
    expect(await localLauncher.isAlive({ ...trainer, boot_id: 'another' }, owner)).toBe(false);
    const found = await until(async () => {
      const all = await localLauncher.findByToken(token);
      return all.length === 2 ? all : null;
    });
    expect(found).toContainEqual({ ...trainer, leader: true });
    expect(await localLauncher.signal(trainer, owner, 'SIGKILL', 'group')).toBe(true);
    expect(await exited()).toMatchObject({ code: null, signal: 9 });
    expect(await localLauncher.isAlive(trainer, owner)).toBe(false);
    expect(await localLauncher.signal(trainer, owner, 'SIGKILL', 'group')).toBe(false);
  });

  it('reads the same facts from ps, for systems without /proc', async () => {
    const here = await statFromPs(process.pid);
    expect(here?.start).toMatch(/\d\d:\d\d:\d\d \d{4}$/);
    expect(here?.group).toBeGreaterThan(0);
    expect(await statFromPs(2 ** 22 + 1)).toBe(null);
  });

  it('makes a file once and tells the loser', async () => {
    const name = join(dir, 'new', 'claim.json');
    const won = await Promise.all(['a', 'b', 'c', 'd'].map((text) => localLauncher.createOnce(name, text)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readFile(name, 'utf8')).toBe('abcd'[won.indexOf(true)]);
  });

  it('reads parts of files, and nothing where there is none', async () => {
    await writeFile(join(dir, 'x'), 'hello');
    expect((await localLauncher.read(join(dir, 'x'), 1, 3)).toString()).toBe('ell');
    expect((await localLauncher.read(join(dir, 'x'), 9, 3)).length).toBe(0);
    expect((await localLauncher.read(join(dir, 'y'), 0, 3)).length).toBe(0);
    expect(await localLauncher.stat(join(dir, 'x'))).toMatchObject({ bytes: 5 });
    expect(await localLauncher.stat(join(dir, 'y'))).toBe(null);
  });
});
