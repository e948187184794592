// The guards of the supervisor, and failures that are made for real: processes that hang, run too long, eat memory and
// are told to end.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { readAttemptFile } from '../../src/hosts/read-files.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { follow, makeWorkspace, type TestWorkspace, until } from './workspace.ts';

let workspace: TestWorkspace;
afterEach(() => workspace.close());

type Resources = Record<string, unknown>;

async function trainWith(trainer: string, resources: Resources = {}) {
  workspace = await makeWorkspace(trainer);
  const run = await workspace.addRun('guarded', {
    resources: { host: 'local', gpus: 0, ...resources },
  });
  await startAttempt(workspace.deps, run);
  return run;
}

const pathsOf = (run: string) => attemptPaths(workspace.runDir(run), 1);
const logOf = (run: string) => readFile(pathsOf(run).log, 'utf8');

async function exitOf(run: string) {
  const exit = await readAttemptFile(localHost, pathsOf(run), 'exit');
  return exit.state === 'read' ? exit.value : null;
}

async function shimOf(run: string): Promise<number> {
  const claim = await readAttemptFile(localHost, pathsOf(run), 'claim');
  if (claim.state !== 'read' || claim.value.by !== 'shim') throw new Error('no claim of a shim');
  return claim.value.pid;
}

async function trainerOf(run: string): Promise<number> {
  return await until(async () => {
    const read = await readAttemptFile(localHost, pathsOf(run), 'trainer');
    return read.state === 'read' && read.value.pid;
  });
}

describe('an attempt that hangs', () => {
  it('is ended with the stacks of its threads in the log, and says where it stood', async () => {
    const run = await trainWith('steps_then_hangs', { hang_steps: 5, hang_minutes: 1 / 60 });
    const row = await follow(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'failed' });
    expect(row.failure).toMatchObject({ class: 'hang', code: 'R124', next: `lorch logs ${run}` });
    expect(row.failure?.message).toMatch(/^no progress for .* after step 10$/);
    expect(await logOf(run)).toContain('waits_for_a_gpu_that_is_gone');
    expect((await exitOf(run))?.guard).toMatchObject({ name: 'hang', last_step: 10, killed: false });
  });

  it('is not looked for before the first step', async () => {
    const run = await trainWith('hangs', { hang_steps: 5, hang_minutes: 0.1 / 60, max_hours: 2 / 3600 });
    const row = await follow(workspace.deps, run);
    expect(row.failure).toMatchObject({ class: 'limit-reached', code: 'R125', next: `lorch resume ${run}` });
  });
});

describe('an attempt with a limit', () => {
  it('saves and ends when its time is over', async () => {
    const run = await trainWith('waits', { max_hours: 1.5 / 3600, hang_steps: 5, hang_minutes: 5 });
    const row = await follow(workspace.deps, run);
    expect(row.failure).toMatchObject({
      class: 'limit-reached',
      message: 'the attempt reached its limit (resources.max_hours: 0.0004166666666666667)',
    });
    expect((await exitOf(run))?.guard).toMatchObject({ name: 'max_hours', killed: false });
    expect(await readFile(pathsOf(run).events, 'utf8')).toContain('"type": "checkpoint"');
  });

  it('ends when its budget is spent, with the controller gone', async () => {
    const run = await trainWith('waits', { max_cost: 0.001, price_per_hour: 3.6 });
    // Nobody follows it.
    const exit = await until(() => exitOf(run));
    expect(exit.guard).toMatchObject({ name: 'max_cost', max_cost: 0.001, price_per_hour: 3.6, seconds: 1 });
    const row = await follow(workspace.deps, run);
    expect(row.failure?.message).toContain('resources.max_cost: 0.001 at 3.6 an hour');
  });

  it('goes on while it makes progress, and keeps the settings of guards from the trainer', async () => {
    const run = await trainWith('ok', { max_hours: 1, hang_steps: 5, hang_minutes: 1 / 60 });
    expect((await follow(workspace.deps, run)).status).toMatchObject({ outcome: 'succeeded' });
    expect(await exitOf(run)).not.toHaveProperty('guard');
  });
});

describe('an attempt that somebody else ends', () => {
  it.each(['shim', 'trainer'] as const)('is preempted if SIGTERM reaches the %s', async (who) => {
    const run = await trainWith('waits');
    await until(() => readFile(pathsOf(run).events, 'utf8').catch(() => null));
    const pid = await trainerOf(run);
    process.kill(who === 'shim' ? await shimOf(run) : pid, 'SIGTERM');
    const row = await follow(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'failed' });
    expect(row.failure).toMatchObject({ class: 'preempted', code: 'R126', next: `lorch resume ${run}` });
  });

  it('was killed if it was SIGKILL', async () => {
    const run = await trainWith('waits');
    process.kill(await trainerOf(run), 'SIGKILL');
    expect((await follow(workspace.deps, run)).failure).toMatchObject({ class: 'killed', code: 'R117' });
  });
});

describe('an attempt without memory', () => {
  it('has met a limit of this machine if a request is refused', async () => {
    workspace = await makeWorkspace('eats_memory');
    const { trainerCommand } = workspace.deps;
    const limited = workspace.another({
      trainerCommand: (dir, n) => [
        ...['sh', '-c', 'ulimit -v 400000; exec "$@"', 'sh'],
        ...(trainerCommand?.(dir, n) ?? []),
      ],
    });
    const run = await workspace.addRun('limited');
    await startAttempt(limited, run);
    const row = await follow(workspace.deps, run);
    expect(row.failure).toMatchObject({ class: 'host-out-of-memory', code: 'R127' });
  });

  it('has met the limit of its cgroup if the kernel says so', async (context) => {
    const group = '/sys/fs/cgroup/memory/lorch-test';
    try {
      await mkdir(group);
      await writeFile(`${group}/memory.limit_in_bytes`, String(64 << 20));
    } catch (error) {
      context.skip(`no cgroup can be made here: ${String(error)}`);
      return;
    }
    workspace = await makeWorkspace('eats_memory');
    const { deps } = workspace;
    // The supervisor and its trainer are started in the group.
    const python = `${workspace.dir}/python-in-group`;
    await writeFile(
      python,
      `#!/bin/sh\necho $$ > ${group}/cgroup.procs\nexec ${execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim()} "$@"\n`,
      { mode: 0o755 },
    );
    const { trainerDir } = await deps.pythonOn(localHost);
    const inGroup = workspace.another({
      pythonOn: async () => ({ executable: python, env: {}, trainerDir }),
    });
    const run = await workspace.addRun('grouped');
    await startAttempt(inGroup, run);
    const row = await follow(workspace.deps, run);
    expect(row.failure).toMatchObject({ class: 'cgroup-out-of-memory', code: 'R128' });
    expect(await exitOf(run)).toMatchObject({ signal: 9, oom: 'cgroup' });
    await until(() =>
      rmdir(group).then(
        () => true,
        () => false,
      ),
    );
  });
});
