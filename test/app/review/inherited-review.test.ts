// What a passed review is worth for the files that commands make of the reviewed one.
import { rename, rm, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dedupDataset } from '../../../src/app/data/near/dedup-dataset.ts';
import { sampleDataset } from '../../../src/app/data/sample-dataset.ts';
import { splitDataset } from '../../../src/app/data/split-dataset.ts';
import { gateRefusal, reviewFindings } from '../../../src/app/plan/plan-review.ts';
import { finishReview } from '../../../src/app/review/finish-review.ts';
import { defaultNear } from '../../../src/dataset/duplicates/near-duplicates.ts';
import type { PlannedReview } from '../../../src/run/plan.ts';
import { askForRows } from './ask-for-rows.ts';
import { alpacaRows, honest, makeReviewFolder, type ReviewFolder } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
});
afterEach(() => folder.remove());

const madeBy = { command: 'data test', version: '0', atMs: 0 };
const asked = (names: string[]) => ({
  cwd: folder.dir,
  env: {},
  patterns: names,
  format: 'auto',
  stdin: Readable.from([]),
  madeBy,
});
const dedup = (names: string[], out: string) =>
  dedupDataset({ ...asked(names), near: defaultNear, validation: [], against: [], out: folder.path(out) });
const split = (name: string) =>
  splitDataset({
    ...asked([name]),
    fraction: 0.2,
    seed: 1,
    stratify: null,
    near: null,
    out: {
      train: folder.path('train.jsonl'),
      validation: folder.path('validation.jsonl'),
      ledger: folder.path('split.ledger.jsonl'),
    },
    onError: 'drop',
    duplicates: 'drop',
  });

const hintOf = (review: PlannedReview): string => gateRefusal(reviewFindings(review))?.hint ?? '';

// The first half of the rows twice, the second time in capitals.
const withTwins = (count: number): string =>
  alpacaRows(0, count) +
  alpacaRows(0, count / 2)
    .replaceAll('Question', 'question')
    .replaceAll('Good', 'good');

describe('a passed review', () => {
  it('covers what dedup, split and sample make of the reviewed file', async () => {
    await folder.write('a.jsonl', withTwins(200));
    await folder.review('a.jsonl', honest);
    expect((await dedup(['a.jsonl'], 'b.jsonl')).written?.kept).toBe(200);
    expect(await askForRows(folder, ['b.jsonl'])).toMatchObject({
      state: 'passed',
      gate: { uncovered_rows: 0, logs: [{ path: 'a.jsonl.review.jsonl', passed: true }], next: '' },
    });
    await split('b.jsonl');
    expect((await askForRows(folder, ['train.jsonl', 'validation.jsonl'])).state).toBe('passed');
    await sampleDataset({ ...asked(['b.jsonl']), count: 190, stratify: null, out: folder.path('s.jsonl') });
    expect((await askForRows(folder, ['s.jsonl'])).state).toBe('passed');
    expect(await folder.status('b.jsonl')).toMatchObject({
      own: false,
      open: true,
      uncovered: 0,
      inherited: [{ log: 'a.jsonl.review.jsonl' }],
    });
  });

  it('does not cover rows that were changed or added afterwards', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', honest);
    await dedup(['a.jsonl'], 'b.jsonl');
    await writeFile(
      folder.path('b.jsonl'),
      (await folder.read('b.jsonl')).replace('Good answer 7.', 'Answer 7.'),
    );
    expect(await askForRows(folder, ['b.jsonl'])).toMatchObject({
      state: 'failed',
      gate: { uncovered_rows: 1, next: 'lorch data review b.jsonl --rows 50' },
    });
    expect(await folder.status('b.jsonl')).toMatchObject({ open: false, uncovered: 1 });
  });

  it('loses nothing where a row with a defect is taken out of what was made by hand', async () => {
    const bad = (n: number) => n % 10 === 0;
    await folder.write('a.jsonl', alpacaRows(0, 200, bad));
    await folder.review('a.jsonl', honest);
    expect((await askForRows(folder, ['a.jsonl'])).state).toBe('failed');
    await dedup(['a.jsonl'], 'b.jsonl');
    expect((await askForRows(folder, ['b.jsonl'])).state).toBe('failed');
    const rejected = (await folder.log('a.jsonl')).flatMap((entry) =>
      entry.type === 'verdict' && entry.verdict === 'reject' ? [entry.row] : [],
    );
    expect(rejected.length).toBeGreaterThan(2);
    const clean = (await folder.read('b.jsonl')).split('\n').filter((line) => !line.includes('BAD'));
    await writeFile(folder.path('b.jsonl'), clean.join('\n'));
    expect((await askForRows(folder, ['b.jsonl'])).state).toBe('failed');
  });

  it('counts once if finishing copied it, and covers what is made from the new version', async () => {
    await folder.write(
      'a.jsonl',
      alpacaRows(0, 300, (n) => n === 5 || n === 100),
    );
    await folder.review('a.jsonl', honest, { rows: 120 });
    await finishReview({ ...folder.request('a.jsonl'), out: folder.path('b.jsonl') });
    await dedup(['b.jsonl'], 'c.jsonl');
    expect(await askForRows(folder, ['c.jsonl'])).toMatchObject({
      state: 'passed',
      gate: { rows_read: 120, logs: [{ path: 'b.jsonl.review.jsonl' }] },
    });
    // Without the copy, the rows that the reviewer took out still count.
    await rm(folder.path('b.jsonl.review.jsonl'));
    const defects = (await askForRows(folder, ['c.jsonl'])).gate?.defects;
    expect(defects).toBe((await folder.status('a.jsonl')).judgement.sample.defects);
  });

  it("of a dataset's parent files counts together with its own draw", async () => {
    const bad = (n: number) => n % 3 === 0;
    await folder.write(
      'a.jsonl',
      withTwins(200).replaceAll(/answer (\d+)/g, (all, n) => (bad(Number(n)) ? `BAD ${all}` : all)),
    );
    await folder.review('a.jsonl', honest);
    await dedup(['a.jsonl'], 'b.jsonl');
    await folder.review('b.jsonl', () => 'accept', { rows: 50 });
    const review = await askForRows(folder, ['b.jsonl']);
    expect(review.state).toBe('failed');
    const { judgement } = await folder.status('b.jsonl');
    expect(judgement.pooled?.defects).toBeGreaterThan(0);
  });

  it('that is not finished is gone on with where it is, as it can speak for every row', async () => {
    await folder.write('a.jsonl', withTwins(200));
    await folder.review('a.jsonl', honest, { rows: 20 });
    await dedup(['a.jsonl'], 'b.jsonl');
    const review = await askForRows(folder, ['b.jsonl']);
    expect(review).toMatchObject({ state: 'failed', gate: { next: 'lorch data review a.jsonl --rows 50' } });
  });

  it('is missed by name where the reviewed file was moved or has changed', async () => {
    await folder.write('a.jsonl', withTwins(200));
    await folder.review('a.jsonl', honest);
    await dedup(['a.jsonl'], 'b.jsonl');
    await rename(folder.path('a.jsonl'), folder.path('moved.jsonl'));
    const gone = await askForRows(folder, ['b.jsonl']);
    expect(gone.state).toBe('missing');
    expect(hintOf(gone)).toContain('b.jsonl was made from a.jsonl, which no longer exists');
    await expect(folder.status('b.jsonl')).rejects.toThrow('b.jsonl has no review yet');
    await folder.write('a.jsonl', alpacaRows(0, 90));
    expect(hintOf(await askForRows(folder, ['b.jsonl']))).toContain('has changed since');
  });
});

describe('settings of the run', () => {
  const answers = (n: number) => (n % 3 === 0 ? '' : `Answer ${n}.`);
  const rows = Array.from(
    { length: 90 },
    (_, n) => `${JSON.stringify({ instruction: `Question ${n}?`, output: answers(n) })}\n`,
  ).join('');
  const checks = { D014: 'warning' } as const;

  it('that keep other rows than a review reads are named in the next command', async () => {
    await folder.write('a.jsonl', rows);
    await folder.review('a.jsonl', () => 'accept');
    const review = await askForRows(folder, ['a.jsonl'], { checks });
    expect(review).toMatchObject({
      state: 'failed',
      gate: { uncovered_rows: 30, next: 'lorch data review a.jsonl --rows 50 --config run.yaml' },
    });
  });

  it('are known to a review that was drawn with them', async () => {
    await folder.write('a.jsonl', rows);
    await folder.review('a.jsonl', () => 'accept');
    await folder.review('a.jsonl', () => 'accept', { checks });
    expect(await askForRows(folder, ['a.jsonl'], { checks })).toMatchObject({
      state: 'passed',
      gate: { uncovered_rows: 0 },
    });
  });
});
