import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changeQueue } from '../../../src/app/runs/change-queue.ts';
import { queueRuns } from '../../../src/app/runs/queue-runs.ts';
import { showQueue } from '../../../src/app/runs/show-queue.ts';
import { statusWord } from '../../../src/run/status.ts';
import { getDispatcher } from '../../../src/store/dispatcher-lock.ts';
import { leasesOf, listLeases } from '../../../src/store/leases.ts';
import { listWaiting } from '../../../src/store/queue.ts';
import { getRun } from '../../../src/store/runs.ts';
import { askToStop } from '../../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { forgetOwnQueued } from '../../../src/supervise/queue/own-queue.ts';
import { type Compiled, compileSources } from '../kill/compile.ts';
import { makeWorkspace, type TestWorkspace, until } from '../workspace.ts';
import { pretendGpus } from './pretend-gpus.ts';
import { addQueued, readOrder, startDispatcher } from './queue-workspace.ts';

let compiled: Compiled;
let workspace: TestWorkspace;

beforeAll(async () => {
  compiled = await compileSources();
});
afterAll(() => compiled?.remove());
afterEach(() => workspace.close());

const statusOf = (run: string) => {
  const row = getRun(workspace.store, run);
  return row && statusWord(row.status);
};
const began = async () =>
  (await readOrder(workspace)).filter(({ what }) => what === 'begin').map(({ run }) => run);

describe('the dispatcher', () => {
  it('starts what waits by priority, then first come, and ends', async () => {
    workspace = await makeWorkspace('brief');
    for (const name of ['a', 'b', 'c']) await addQueued(workspace, name);
    await addQueued(workspace, 'urgent', { priority: 5 });
    await addQueued(workspace, 'late', { priority: -1 });
    await changeQueue(workspace.deps, 'c', { kind: 'move', to: { priority: 1 } });
    expect(existsSync(join(workspace.runDir('a'), 'queue.json'))).toBe(true);
    const dispatcher = startDispatcher(workspace, compiled.dir);
    expect(await dispatcher.ended).toBe('idle');
    expect(await began()).toEqual(['urgent', 'c', 'a', 'b', 'late']);
    expect(['urgent', 'c', 'a', 'b', 'late'].map(statusOf)).toEqual(Array(5).fill('succeeded'));
    expect(listWaiting(workspace.store)).toEqual([]);
    expect(getDispatcher(workspace.store)).toBe(null);
    expect(existsSync(join(workspace.runDir('a'), 'queue.json'))).toBe(false);
  });

  it('waits for the runs that must end first, and leaves what can never start', async () => {
    workspace = await makeWorkspace('brief');
    await addQueued(workspace, 'first');
    await addQueued(workspace, 'held');
    await changeQueue(workspace.deps, 'held', { kind: 'hold', why: 'the disk is full' });
    await addQueued(workspace, 'second', { priority: 9, after: [{ run: 'first', outcome: 'ok' }] });
    await addQueued(workspace, 'gone');
    await addQueued(workspace, 'any', { after: [{ run: 'gone', outcome: 'any' }] });
    await addQueued(workspace, 'never', { after: [{ run: 'gone', outcome: 'ok' }] });
    expect(await askToStop(workspace.deps, 'gone')).toBe('cancelled');
    expect(await startDispatcher(workspace, compiled.dir).ended).toBe('idle');
    expect(await began()).toEqual(['first', 'second', 'any']);
    const { waiting, running } = await showQueue(workspace.deps, 1);
    expect(running).toEqual([]);
    expect(waiting).toMatchObject([
      { run: 'held', kind: 'held', why: 'held: the disk is full', held: true },
      { run: 'never', kind: 'never', why: 'gone, which has to succeed first, did not' },
    ]);
    await changeQueue(workspace.deps, 'held', { kind: 'release' });
    expect(await startDispatcher(workspace, compiled.dir).ended).toBe('idle');
    expect(statusOf('held')).toBe('succeeded');
  });

  it('is one: the second of two leaves, and the work of a killed one goes on', async () => {
    workspace = await makeWorkspace('brief');
    for (let i = 0; i < 6; i += 1) await addQueued(workspace, `run-${i}`);
    const first = startDispatcher(workspace, compiled.dir);
    const dispatcher = await until(() => getDispatcher(workspace.store));
    expect(dispatcher.pid).toBe(first.child.pid);
    expect(await startDispatcher(workspace, compiled.dir).ended).toBe('busy');
    await until(async () => (await began()).length > 1);
    process.kill(first.child.pid ?? 0, 'SIGKILL');
    expect(await first.ended).toBe(null);
    expect(await startDispatcher(workspace, compiled.dir).ended).toBe('idle');
    expect(await began()).toEqual(['run-0', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5']);
  });

  it('starts nothing that this user did not queue here, and holds it', async () => {
    workspace = await makeWorkspace('brief');
    await addQueued(workspace, 'foreign');
    forgetOwnQueued(workspace.deps, 'foreign');
    expect(await startDispatcher(workspace, compiled.dir).ended).toBe('idle');
    expect(await began()).toEqual([]);
    expect(listWaiting(workspace.store)).toMatchObject([
      { run: 'foreign', held: expect.stringContaining('R146') },
    ]);
    await changeQueue(workspace.deps, 'foreign', { kind: 'release' });
    expect(await startDispatcher(workspace, compiled.dir).ended).toBe('idle');
    expect(statusOf('foreign')).toBe('succeeded');
  });

  it('lets a run that was stopped go on when its turn comes', async () => {
    workspace = await makeWorkspace('waits');
    await addQueued(workspace, 'run');
    const first = startDispatcher(workspace, compiled.dir, { trainer: 'waits' });
    await until(() => (getRun(workspace.store, 'run')?.step ?? 0) > 0);
    await askToStop(workspace.deps, 'run');
    expect(await first.ended).toBe('idle');
    expect(statusOf('run')).toBe('cancelled');
    await queueRuns(workspace.deps, ['run'], { priority: 0, after: [], python: null });
    expect(await startDispatcher(workspace, compiled.dir, { trainer: 'waits' }).ended).toBe('idle');
    expect(getRun(workspace.store, 'run')).toMatchObject({ attempts: 2 });
    expect(statusOf('run')).toBe('succeeded');
  });

  it('gives GPUs, lets nobody pass a run that waits for several, and leaves other people theirs', async () => {
    workspace = await makeWorkspace('waits');
    const gpus = await pretendGpus(['GPU-aaaa', 'GPU-bbbb', 'GPU-cccc']);
    try {
      await gpus.show(['GPU-aaaa', 'GPU-bbbb', 'GPU-cccc'], [`GPU-cccc, ${process.pid}, theirs, 100`]);
      const on = (count: number) => ({ plan: { resources: { host: 'local', gpus: count } } });
      await addQueued(workspace, 'one', on(1));
      await addQueued(workspace, 'both', on(2));
      await addQueued(workspace, 'small', on(1));
      await addQueued(workspace, 'cpu');
      const options = { trainer: 'waits', env: gpus.env };
      const dispatcher = startDispatcher(workspace, compiled.dir, options);
      await until(() => statusOf('one') === 'running' && statusOf('cpu') === 'running');
      expect((await showQueue(workspace.deps, 1)).waiting).toMatchObject([
        { run: 'both', kind: 'devices', why: expect.stringContaining('for 2 GPUs; one') },
        { run: 'small', kind: 'behind', why: expect.stringContaining('behind both') },
      ]);
      await askToStop(workspace.deps, 'one');
      await until(() => statusOf('both') === 'running');
      expect(leasesOf(workspace.store, 'both', 1).map(({ device }) => device)).toEqual([
        'GPU-aaaa',
        'GPU-bbbb',
      ]);
      expect((await showQueue(workspace.deps, 1)).waiting).toMatchObject([{ run: 'small', kind: 'devices' }]);
      for (const run of ['both', 'cpu']) await askToStop(workspace.deps, run);
      await until(() => statusOf('small') === 'running');
      expect(listLeases(workspace.store).map(({ run, device }) => [run, device])).toEqual([
        ['small', 'GPU-aaaa'],
      ]);
      await askToStop(workspace.deps, 'small');
      expect(await dispatcher.ended).toBe('idle');
    } finally {
      for (const run of ['one', 'both', 'small', 'cpu']) {
        await askToStop(workspace.deps, run, { force: true }).catch(() => undefined);
        await followRun(workspace.deps, run);
      }
      await gpus.remove();
    }
  });
});
