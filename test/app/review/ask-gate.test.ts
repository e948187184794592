import { appendFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gateRefusal, reviewFindings } from '../../../src/app/plan/plan-review.ts';
import { finishReview } from '../../../src/app/review/finish-review.ts';
import type { LedgerEntry } from '../../../src/dataset/ledger.ts';
import type { UserError } from '../../../src/diagnostics/user-error.ts';
import type { PlannedReview } from '../../../src/run/plan.ts';
import { askForRows } from './ask-for-rows.ts';
import { alpacaRows, honest, makeReviewFolder, type ReviewFolder } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
});
afterEach(() => folder.remove());

const ask = (
  names: string[],
  reason: string | null = null,
  drop?: (entry: LedgerEntry) => boolean,
): Promise<PlannedReview> => askForRows(folder, names, { reason, ...(drop && { drop }) });

const refusal = (review: PlannedReview): UserError | null => gateRefusal(reviewFindings(review));

describe('the launch gate', () => {
  it('refuses rows that nobody has read, and says what to type', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    const review = await ask(['a.jsonl']);
    expect(review.state).toBe('missing');
    const error = refusal(review);
    expect([error?.code, error?.exitCode]).toEqual(['V020', 1]);
    expect(error?.hint).toContain('lorch data review a.jsonl --rows 50');
    expect(error?.hint).toContain('--unreviewed');
    expect(reviewFindings(review)).toMatchObject([{ code: 'V020', severity: 'warning' }]);
  });

  it('opens for train and validation rows of a passed review, wherever the split puts them', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', honest);
    const review = await ask(['a.jsonl']);
    expect(review).toMatchObject({
      state: 'passed',
      reason: null,
      gate: { rows_read: 50, defects: 0, uncovered_rows: 0, reviewers: ['ann'], more_clean: 0, next: '' },
    });
    expect(review.gate?.bound).toBeCloseTo(0.058, 3);
    expect(refusal(review)).toBe(null);
    expect(reviewFindings(review)).toEqual([]);
  });

  it('refuses too few rows and too many defects, and says how many clean rows are missing', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 400));
    await folder.review('a.jsonl', honest, { rows: 30 });
    const few = await ask(['a.jsonl']);
    expect(few).toMatchObject({ state: 'failed', gate: { rows_read: 30, more_clean: 20 } });
    expect(refusal(few)?.code).toBe('V021');
    await folder.review('a.jsonl', (_row, n) => (n < 2 ? 'wrong' : 'accept'), { rows: 50 });
    const many = await ask(['a.jsonl']);
    expect(many).toMatchObject({ state: 'failed', gate: { rows_read: 50, defects: 2, more_clean: 11 } });
    expect(refusal(many)?.hint).toContain('lorch data review a.jsonl --rows 61');
    await folder.review('a.jsonl', honest, { rows: 61 });
    expect((await ask(['a.jsonl'])).state).toBe('passed');
  });

  it('refuses when a row is added, also one, and covers it once the new version is read', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', honest);
    await appendFile(folder.path('a.jsonl'), alpacaRows(200, 201));
    const review = await ask(['a.jsonl']);
    expect(review).toMatchObject({ state: 'failed', gate: { rows_read: 0, uncovered_rows: 201 } });
    expect(refusal(review)?.code).toBe('V022');
    await folder.review('a.jsonl', honest);
    expect((await ask(['a.jsonl'])).state).toBe('passed');
  });

  it('opens for the version that finishing wrote', async () => {
    await folder.write(
      'a.jsonl',
      alpacaRows(0, 300, (n) => n === 5 || n === 100),
    );
    await folder.review('a.jsonl', honest, { rows: 120 });
    await finishReview({ ...folder.request('a.jsonl'), out: folder.path('b.jsonl') });
    expect(await ask(['b.jsonl'])).toMatchObject({ state: 'passed', gate: { uncovered_rows: 0 } });
  });

  it('wants every file covered, each by itself or all together', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.write('b.jsonl', alpacaRows(200, 400));
    await folder.review('a.jsonl', honest);
    const half = await ask(['a.jsonl', 'b.jsonl']);
    expect(half).toMatchObject({ state: 'failed', gate: { uncovered_rows: 200 } });
    expect(refusal(half)?.code).toBe('V022');
    await folder.review('b.jsonl', honest);
    expect((await ask(['a.jsonl', 'b.jsonl'])).gate).toMatchObject({ rows_read: 100, uncovered_rows: 0 });
    await folder.write('c.jsonl', alpacaRows(400, 500));
    await folder.write('d.jsonl', alpacaRows(500, 600));
    await folder.review(['c.jsonl', 'd.jsonl'], honest);
    expect((await ask(['d.jsonl', 'c.jsonl'])).state).toBe('passed');
    // Of the 50 rows read about half were c's: they say half as much of it.
    expect(await ask(['c.jsonl'])).toMatchObject({ state: 'failed', gate: { defects: 0, rows_read: 50 } });
  });

  it('does not let a second draw over more files undo a first that found too much', async () => {
    await folder.write(
      'a.jsonl',
      alpacaRows(0, 200, (n) => n % 5 === 0),
    );
    await folder.write('b.jsonl', alpacaRows(200, 400));
    await folder.review('a.jsonl', honest);
    await folder.review(['a.jsonl', 'b.jsonl'], () => 'accept');
    expect((await ask(['a.jsonl', 'b.jsonl'])).state).toBe('failed');
  });

  it('judges by the rows that are left where the tokenisation leaves only some', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 1000));
    await folder.review('a.jsonl', honest);
    const nearly = await ask(['a.jsonl'], null, ({ row }) => row % 25 === 0);
    expect(nearly.state).toBe('passed');
    expect(nearly.gate?.bound).toBeGreaterThan(0.058);
    // Two rows in a hundred of those that were read say little about the two in a hundred that are trained on.
    expect((await ask(['a.jsonl'], null, ({ row }) => row % 50 !== 0)).state).toBe('failed');
  });

  it('sends reviewers who differ to settle it', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', () => 'accept');
    await folder.review('a.jsonl', () => 'wrong', { reviewer: 'bob', rows: 3 });
    const review = await ask(['a.jsonl']);
    expect(review).toMatchObject({ state: 'failed', gate: { defects: 3, reviewers: ['ann', 'bob'] } });
    expect(refusal(review)?.hint).toContain('--settle');
  });

  it('is passed by a reason, which is kept and noted; a passed review stays passed', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    const review = await ask(['a.jsonl'], 'smoke test');
    expect(review).toMatchObject({ state: 'unreviewed', reason: 'smoke test' });
    expect(refusal(review)).toBe(null);
    expect(reviewFindings(review)).toMatchObject([{ code: 'P008', severity: 'note' }]);
    await folder.review('a.jsonl', honest);
    expect(await ask(['a.jsonl'], 'anyway')).toMatchObject({ state: 'passed', reason: 'anyway' });
  });

  it('reads no meaning into a damaged log', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.review('a.jsonl', honest);
    await appendFile(folder.path('a.jsonl.review.jsonl'), 'what is this\n');
    await expect(ask(['a.jsonl'])).rejects.toMatchObject({ code: 'V004' });
  });
});
