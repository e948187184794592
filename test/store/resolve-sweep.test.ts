import { expect, it } from 'vitest';
import { insertRun } from '../../src/store/insert-run.ts';
import { resolveSweep } from '../../src/store/resolve-sweep.ts';
import { storeWithRun } from './ingest-helper.ts';
import { samplePlan, sampleRecord } from './sample-run.ts';

it('finds the runs of a sweep by its id, the beginning of one, or the name of its config', () => {
  const store = storeWithRun('plain-run');
  const add = (id: string, name: string, sweep: string, index: number, ms: number) =>
    insertRun(
      store,
      { ...samplePlan(name), sweep: { id: sweep, index, count: 2, values: {} } },
      sampleRecord(id, { name, created_ms: ms }),
    );
  add('one-a', 'rank-r4', 'sweep-aaaa1111', 0, 1000);
  add('one-b', 'rank-r8', 'sweep-aaaa1111', 1, 1000);
  add('two-a', 'other-r4', 'sweep-bbbb2222', 0, 1000);
  add('two-b', 'other-r8', 'sweep-bbbb2222', 1, 1000);
  // The same file once more: the newest run of each point counts.
  add('three-b', 'rank-r8', 'sweep-aaaa1111', 1, 2000);
  expect(resolveSweep(store, 'sweep-aaaa1111')).toEqual(['one-a', 'three-b']);
  expect(resolveSweep(store, 'sweep-a')).toEqual(['one-a', 'three-b']);
  expect(resolveSweep(store, 'sweep-')).toBe(null);
  expect(resolveSweep(store, 'other')).toEqual(['two-a', 'two-b']);
  expect(resolveSweep(store, 'rank')).toEqual(['one-a', 'three-b']);
  expect(resolveSweep(store, 'rank-r8')).toBe(null);
  expect(resolveSweep(store, 'plain-run')).toBe(null);
  expect(resolveSweep(store, 'plain')).toBe(null);
});
