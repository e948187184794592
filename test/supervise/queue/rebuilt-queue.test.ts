// The queue when the index is made again from the run folders.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeQueue } from '../../../src/app/runs/change-queue.ts';
import { queueRuns } from '../../../src/app/runs/queue-runs.ts';
import { listWaiting } from '../../../src/store/queue.ts';
import { askToStop } from '../../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { keepPlaces } from '../../../src/supervise/queue/places.ts';
import { rebuildIndex } from '../../../src/supervise/rebuild-index.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { dumpStore } from '../../store/dump-store.ts';
import { makeWorkspace, type TestWorkspace } from '../workspace.ts';
import { addQueued } from './queue-workspace.ts';

let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await makeWorkspace('ok');
});
afterEach(() => workspace.close());

/** Waiting runs in each state, and some that wait no longer. */
async function fill(): Promise<void> {
  for (const name of ['a', 'b', 'started', 'cancelled', 'again']) await addQueued(workspace, name);
  await addQueued(workspace, 'after', { priority: 3, after: [{ run: 'a', outcome: 'any' }] });
  await changeQueue(workspace.deps, 'b', { kind: 'move', to: 'first' });
  await changeQueue(workspace.deps, 'a', { kind: 'hold', why: 'later' });
  await startAttempt(workspace.deps, 'started');
  await followRun(workspace.deps, 'started');
  await askToStop(workspace.deps, 'cancelled');
  await startAttempt(workspace.deps, 'again');
  await followRun(workspace.deps, 'again');
  await queueRuns(workspace.deps, ['again'], { priority: 0, after: [], python: null });
}

it('is the same, row by row', async () => {
  await fill();
  const before = dumpStore(workspace.store);
  expect(listWaiting(workspace.store).map(({ run }) => run)).toEqual(['b', 'after', 'a', 'again']);
  await rebuildIndex(workspace.deps);
  expect(dumpStore(workspace.store)).toEqual(before);
});

it('is the same after the database was deleted', async () => {
  await fill();
  const before = dumpStore(workspace.store);
  workspace.store.close();
  for (const suffix of ['', '-wal', '-shm'])
    await rm(join(workspace.runsDir, `lorch.db${suffix}`), { force: true });
  const fresh = workspace.another();
  await rebuildIndex(fresh);
  expect(dumpStore(fresh.store)).toEqual(before);
});

it('keeps a run whose command was killed before it wrote the file, and the dispatcher writes the file', async () => {
  await addQueued(workspace, 'a');
  const file = join(workspace.runDir('a'), 'queue.json');
  await rm(file);
  await rebuildIndex(workspace.deps);
  expect(listWaiting(workspace.store).map(({ run }) => run)).toEqual(['a']);
  await keepPlaces(workspace.deps);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ lorch: 1, priority: 0, after_attempt: 0 });
});

it('does not put a run back whose command was killed before it removed the file', async () => {
  await addQueued(workspace, 'a');
  const text = await readFile(join(workspace.runDir('a'), 'queue.json'), 'utf8');
  await startAttempt(workspace.deps, 'a');
  await followRun(workspace.deps, 'a');
  expect(existsSync(join(workspace.runDir('a'), 'queue.json'))).toBe(false);
  await writeFile(join(workspace.runDir('a'), 'queue.json'), text);
  await rebuildIndex(workspace.deps);
  expect(listWaiting(workspace.store)).toEqual([]);
});
