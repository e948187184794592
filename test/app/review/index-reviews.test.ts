import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rebuildDb } from '../../../src/app/machine/rebuild-db.ts';
import { indexReview } from '../../../src/app/review/index-reviews.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { listReviews } from '../../../src/store/reviews.ts';
import { alpacaRows, makeReviewFolder, type ReviewFolder } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
  mkdirSync(folder.path('runs'));
});
afterEach(() => folder.remove());

describe('the index of reviews', () => {
  it('is made again from the logs alone, and forgets those that are gone', async () => {
    await folder.write('a.jsonl', alpacaRows(0, 200));
    await folder.write('b.jsonl', alpacaRows(200, 300));
    await folder.review('a.jsonl', (_row, n) => (n === 0 ? 'wrong' : 'accept'), { rows: 20 });
    await folder.review(['b.jsonl', 'a.jsonl'], () => 'accept', { rows: 3, reviewer: 'bob' });
    const store = openStore(folder.path('runs/lorch.db'));
    for (const name of ['a.jsonl', 'b.jsonl'])
      await indexReview(store, folder.dir, folder.path(`${name}.review.jsonl`));
    const before = listReviews(store);
    expect(before).toMatchObject([
      { log: 'b.jsonl.review.jsonl', files: ['a.jsonl'], rows: 300, rowsRead: 3, reviewers: ['bob'] },
      { log: 'a.jsonl.review.jsonl', files: [], rows: 200, rowsRead: 20, defects: 1, reviewers: ['ann'] },
    ]);
    store.close();
    const rebuild = () =>
      rebuildDb({ root: folder.dir, runsDir: folder.path('runs'), env: {}, now: () => 1_800_000_000_000 });
    rmSync(folder.path('runs/lorch.db'));
    expect((await rebuild()).reviews).toBe(2);
    const again = openStore(folder.path('runs/lorch.db'));
    expect(listReviews(again)).toEqual(before);
    rmSync(folder.path('b.jsonl.review.jsonl'));
    await indexReview(again, folder.dir, folder.path('b.jsonl.review.jsonl'));
    expect(listReviews(again).map(({ log }) => log)).toEqual(['a.jsonl.review.jsonl']);
    again.close();
  });
});
