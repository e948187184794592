import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { statusWord } from '../../src/run/status.ts';
import { runEvents } from '../../src/store/events.ts';
import { readSeries } from '../../src/store/read-series.ts';
import { getRun } from '../../src/store/runs.ts';
import { askToStop } from '../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { attemptJson, follow, makeWorkspace, type TestWorkspace, until } from './workspace.ts';

let workspace: TestWorkspace;

afterEach(() => workspace.close());

async function startAndReach(trainer: string, event: 'hello' | 'step'): Promise<string> {
  workspace = await makeWorkspace(trainer);
  const run = await workspace.addRun('one');
  await startAttempt(workspace.deps, run);
  const stop = new AbortController();
  await follow(workspace.deps, run, {
    signal: stop.signal,
    onEvent: (each) => each.type === event && stop.abort(),
  });
  return run;
}

describe('stopping a run', () => {
  it('lets the trainer save a checkpoint, and the run is cancelled', async () => {
    const run = await startAndReach('waits', 'step');
    expect(await askToStop(workspace.deps, run)).toBe('asked');
    expect(statusWord(getRun(workspace.store, run)?.status ?? { phase: 'queued' })).toBe('stopping');
    const row = await followRun(workspace.deps, run);
    expect(row.status).toEqual({ phase: 'finished', outcome: 'cancelled', exitCode: 143, signal: null });
    expect(row.failure).toBe(null);
    const saved = runEvents(workspace.store, run, { types: ['checkpoint'] });
    expect(saved).toMatchObject([{ reason: 'stop', run_attempt: 1 }]);
    await expect(askToStop(workspace.deps, run)).rejects.toMatchObject({ code: 'U104' });
  });

  it('reaches the trainer also when its supervisor is dead', async () => {
    const run = await startAndReach('waits', 'step');
    const claim = await until(() => attemptJson(workspace, run, 1, 'claim'));
    process.kill(Number(claim.pid), 'SIGKILL');
    expect(await askToStop(workspace.deps, run)).toBe('asked');
    expect((await followRun(workspace.deps, run)).status).toMatchObject({
      outcome: 'cancelled',
      exitCode: 143,
    });
  });

  it('with force kills a trainer that does not listen, and its workers', async () => {
    const run = await startAndReach('ignores_sigterm', 'hello');
    expect(await askToStop(workspace.deps, run)).toBe('asked');
    const waiting = new AbortController();
    setTimeout(() => waiting.abort(), 300);
    expect((await followRun(workspace.deps, run, { signal: waiting.signal })).status.phase).toBe('stopping');
    expect(await askToStop(workspace.deps, run, { force: true })).toBe('killed');
    expect((await followRun(workspace.deps, run)).status).toMatchObject({
      outcome: 'cancelled',
      signal: 'SIGKILL',
    });
    await until(async () => (await workspace.processes(run)).length === 0);
  });

  it('with force works without a supervisor too', async () => {
    const run = await startAndReach('ignores_sigterm', 'hello');
    const claim = await until(() => attemptJson(workspace, run, 1, 'claim'));
    process.kill(Number(claim.pid), 'SIGKILL');
    expect(await askToStop(workspace.deps, run, { force: true })).toBe('killed');
    expect(statusWord((await followRun(workspace.deps, run)).status)).toBe('cancelled');
    await until(async () => (await workspace.processes(run)).length === 0);
  });

  it('cancels a run that has not started, in its folder too', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    expect(await askToStop(workspace.deps, run)).toBe('cancelled');
    expect(statusWord(getRun(workspace.store, run)?.status ?? { phase: 'queued' })).toBe('cancelled');
    const record = JSON.parse(await readFile(join(workspace.runDir(run), 'run.json'), 'utf8'));
    expect(record.cancelled_ms).toBeGreaterThan(0);
  });

  it('right after the start never leaves a trainer behind', async () => {
    workspace = await makeWorkspace('waits');
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    expect(['cancelled', 'asked']).toContain(await askToStop(workspace.deps, run));
    const row = await followRun(workspace.deps, run);
    expect(statusWord(row.status)).toBe('cancelled');
    await until(async () => (await workspace.processes(run)).length === 0);
    expect(await workspace.launches(run)).toBeLessThanOrEqual(1);
  });
});

describe('resuming a run', () => {
  it('puts the steps of the new attempt in the place of those that the dead one wrote after its checkpoint', async () => {
    const run = await startAndReach('waits', 'step');
    await askToStop(workspace.deps, run);
    const stopped = await followRun(workspace.deps, run);
    const last = stopped.step ?? 0;
    expect(await startAttempt(workspace.deps, run)).toBe(2);
    const row = await followRun(workspace.deps, run);
    expect(statusWord(row.status)).toBe('succeeded');
    expect(row).toMatchObject({ attempts: 2, step: last + 3 });
    const steps = readSeries(workspace.store, run, 'loss').map((bucket) => bucket.first_step);
    expect(steps).toEqual(Array.from({ length: last + 3 }, (_, i) => i + 1));
  });
});
