import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/app/runs/compare-runs.ts';
import { renderReport } from '../../../src/app/runs/render-report.ts';
import { showRun } from '../../../src/app/runs/show-run.ts';
import { datasetFingerprint } from '../../../src/dataset/fingerprint.ts';
import { runPaths } from '../../../src/run/layout.ts';
import { samplePlan } from '../../store/sample-run.ts';
import { makeWorkspace, type TestWorkspace } from '../../supervise/workspace.ts';

const now = 1_800_000_000_000;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Rows by name; `validation` and `dropped` ones stand in the ledger too. */
interface Rows {
  train: string[];
  validation?: string[];
  dropped?: string[];
}

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await makeWorkspace('ok');
});
afterEach(() => workspace.close());

const ledgerOf = (run: string) => runPaths(workspace.runDir(run)).ledger;

async function addRun(name: string, rows: Rows): Promise<string> {
  const { dataset } = samplePlan(name);
  const train = {
    ...dataset.train,
    rows: rows.train.length,
    fingerprint: datasetFingerprint(rows.train.map(sha256)),
  };
  await workspace.addRun(name, { dataset: { ...dataset, train } });
  const lines = Object.entries(rows).flatMap(([fate, names]: [string, string[]]) =>
    names.map((row) => JSON.stringify({ row: 0, fingerprint: sha256(row), fate })),
  );
  // A row that could not be read has no fingerprint.
  lines.push(JSON.stringify({ row: 0, fingerprint: null, fate: 'dropped', code: 'D001' }));
  await writeFile(ledgerOf(name), gzipSync(`${lines.join('\n')}\n`));
  return name;
}

async function compare(...runs: string[]) {
  const { store, runsDir } = workspace;
  return await compareRuns({ store, runsDir, runs, metrics: [], now });
}

const unlike = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `row ${from + i}`);

describe('the rows of runs', () => {
  it('are counted as sets count them, if they differ', async () => {
    const runs: Record<string, Rows> = {
      first: { train: [...unlike(0, 3000), 'row 7'], validation: ['held out'], dropped: ['left'] },
      // Rows that others validate or drop, one that stands twice, and many more and less.
      second: { train: [...unlike(100, 5000), 'held out', 'left', 'left'], validation: ['row 0'] },
      third: { train: unlike(9000, 9100) },
    };
    for (const [name, rows] of Object.entries(runs)) await addRun(name, rows);
    const { dataset } = await compare('first', 'second', 'third');
    const sets = Object.values(runs).map(({ train }) => new Set(train));
    const first = sets[0] ?? new Set();
    expect(dataset.added).toEqual(sets.map((set) => [...set].filter((row) => !first.has(row)).length));
    expect(dataset.removed).toEqual(sets.map((set) => [...first].filter((row) => !set.has(row)).length));
    expect(dataset.added).toEqual([0, 2002, 100]);
    expect(dataset.removed).toEqual([0, 100, 3000]);
    expect(dataset.train_rows).toEqual([3001, 4903, 100]);
  });

  it('are compared without any ledger if the plans say that they are equal', async () => {
    const first = await addRun('first', { train: ['a', 'b'] });
    const other = await addRun('other', { train: ['b', 'a'] });
    const before = await compare(first, other);
    expect(before.dataset).toMatchObject({ added: [0, 0], removed: [0, 0], train_rows: [2, 2] });
    await rm(ledgerOf(first));
    await writeFile(ledgerOf(other), 'no ledger');
    expect(await compare(first, other)).toEqual(before);
  });

  it('are read once for runs that trained on the same, and never for those of the first', async () => {
    const first = await addRun('first', { train: ['a', 'b'] });
    const second = await addRun('second', { train: ['b', 'c', 'd'] });
    const likeFirst = await addRun('like-first', { train: ['a', 'b'] });
    const likeSecond = await addRun('like-second', { train: ['d', 'c', 'b'] });
    for (const run of [likeFirst, likeSecond]) await rm(ledgerOf(run));
    const { dataset } = await compare(first, likeFirst, second, likeSecond);
    expect(dataset.added).toEqual([0, 0, 2, 2]);
    expect(dataset.removed).toEqual([0, 0, 1, 1]);
  });

  it('are an error if they differ and a ledger is missing, a folder, or not one', async () => {
    const first = await addRun('first', { train: ['a', 'b'] });
    const other = await addRun('other', { train: ['b', 'c'] });
    const refused = (reason: string) =>
      expect(compare(first, other)).rejects.toMatchObject({
        code: 'R150',
        message: expect.stringContaining(reason),
      });
    const line = (fingerprint: string) => gzipSync(`${JSON.stringify({ fate: 'train', fingerprint })}\n`);
    // Bytes that are no digits would be left out silently, and the rest taken for another row.
    for (const wrong of ['abc', 'g'.repeat(64), sha256('a').slice(1)]) {
      await writeFile(ledgerOf(other), line(wrong));
      await refused('not 64 hex digits');
    }
    await writeFile(ledgerOf(other), 'text');
    await refused(ledgerOf(other));
    await rm(ledgerOf(other));
    await refused('no such file');
    await mkdir(ledgerOf(other));
    await refused('it is a folder');
  });
});

it('a run is shown and reported without its ledger', async () => {
  const run = await addRun('run', { train: ['a', 'b', 'c'], validation: ['d'] });
  const { store, runsDir } = workspace;
  const before = await showRun(store, runsDir, run, now);
  const report = renderReport(before);
  expect(report).toContain('3 train');
  await rm(ledgerOf(run));
  const after = await showRun(store, runsDir, run, now);
  expect(after).toEqual(before);
  expect(renderReport(after)).toBe(report);
});
