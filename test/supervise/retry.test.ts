// Attempts that lorch starts by itself: once each, whoever settles the failed one, and never more than the plan says.
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { readAttemptFile } from '../../src/hosts/read-files.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import { listAttempts } from '../../src/store/attempts.ts';
import { listLeases } from '../../src/store/leases.ts';
import { getRun } from '../../src/store/runs.ts';
import { recoverRuns } from '../../src/supervise/recover-runs.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { follow, makeWorkspace, type TestWorkspace, until } from './workspace.ts';

let workspace: TestWorkspace;
afterEach(() => workspace.close());

const both = ['out-of-memory' as const, 'preempted' as const];
const training = { per_device_train_batch_size: 8, gradient_accumulation_steps: 2 };

async function begin(trainer: string, attempts: number) {
  workspace = await makeWorkspace(trainer);
  const retry = attempts > 0 ? { retry: { attempts, on: both } } : {};
  const run = await workspace.addRun('again', { training, ...retry });
  await startAttempt(workspace.deps, run);
  return run;
}

async function tried(run: string): Promise<unknown[]> {
  const text = await readFile(`${workspace.runDir(run)}/tried`, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const attemptsOf = (run: string) => listAttempts(workspace.store, run);

describe('a run with retries', () => {
  it('goes on with smaller micro-batches until it fits', async () => {
    const run = await begin('memory_for_two', 5);
    const row = await follow(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'succeeded' });
    const second = { per_device_train_batch_size: 4, gradient_accumulation_steps: 4 };
    const third = { per_device_train_batch_size: 2, gradient_accumulation_steps: 8 };
    expect(await tried(run)).toEqual([
      { attempt: 1, changes: {} },
      { attempt: 2, number: 1, of: 1, class: 'out-of-memory', changes: second },
      { attempt: 3, number: 2, of: 2, class: 'out-of-memory', changes: third },
    ]);
    expect(attemptsOf(run).map(({ state }) => state)).toEqual(['finished', 'finished', 'finished']);
    const launch = await readAttemptFile(localHost, attemptPaths(workspace.runDir(run), 3), 'launch');
    expect(launch).toMatchObject({ value: { retry: { number: 2, of: 2, changes: third } } });
    expect(listLeases(workspace.store)).toEqual([]);
  });

  it('stops when the plan allows no more', async () => {
    const run = await begin('memory_for_two', 1);
    const row = await follow(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'failed' });
    expect(row.failure).toMatchObject({ class: 'out-of-memory' });
    expect(attemptsOf(run)).toHaveLength(2);
  });

  it('does nothing by itself without the setting', async () => {
    const run = await begin('memory_for_two', 0);
    expect((await follow(workspace.deps, run)).status).toMatchObject({ outcome: 'failed' });
    expect(attemptsOf(run)).toHaveLength(1);
  });

  it('is started once, however many controllers settle the failed attempt', async () => {
    const run = await begin('memory_for_two', 5);
    const others = [1, 2, 3].map(() => workspace.another());
    // Followers, and commands that come by.
    const following = others.map((deps) => follow(deps, run));
    const done = () => getRun(workspace.store, run)?.status.phase === 'finished';
    while (!done()) await Promise.all(others.map((deps) => recoverRuns(deps)));
    await Promise.all(following);
    expect((await tried(run)).map((each) => (each as { attempt: number }).attempt)).toHaveLength(3);
    expect(await workspace.launches(run)).toBe(3);
    expect(attemptsOf(run).filter(({ state }) => state === 'finished')).toHaveLength(3);
    expect(getRun(workspace.store, run)?.status).toMatchObject({ outcome: 'succeeded' });
  });

  it('goes on after a preemption with nothing changed', async () => {
    const run = await begin('waits', 2);
    const paths = attemptPaths(workspace.runDir(run), 1);
    const trainer = await until(async () => {
      const read = await readAttemptFile(localHost, paths, 'trainer');
      return read.state === 'read' && read.value.pid;
    });
    await until(() => readFile(paths.events, 'utf8').catch(() => null));
    process.kill(trainer, 'SIGTERM');
    const row = await follow(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'succeeded' });
    expect(attemptsOf(run)).toHaveLength(2);
  });
});
