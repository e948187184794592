// The results of a deduplication as they are shown: pairs one by one, counts by class, conflicts and leaks.
import type { RowFacts } from '../../../dataset/duplicates/inspect-pairs.ts';
import type { NearResult } from '../../../dataset/duplicates/near-duplicates.ts';
import type { PairBlock, PairClass } from '../../../dataset/duplicates/pair-class.ts';
import { UserError } from '../../../diagnostics/user-error.ts';

/** Two rows of the dataset; `a` is the earlier one. */
export interface NearPair {
  a: number;
  b: number;
  jaccard: number;
  class: PairClass;
}

/** A train row and the validation or benchmark row that it resembles. */
export interface Leak {
  row: RowFacts;
  of: RowFacts;
  jaccard: number;
  class: PairClass;
}

const mostPairs = 20_000_000;

/** Every pair of the dataset's rows, in order. Throws UserError D169 over twenty million. */
export function listPairs({ blocks }: NearResult): NearPair[] {
  const own = blocks.filter(isOwn);
  const count = own.reduce((sum, block) => sum + block.count, 0);
  if (count > mostPairs)
    throw new UserError(
      'D169',
      `There are ${count.toLocaleString('en-US')} pairs of near-duplicates, too many for --json.`,
      {
        hint: 'omit --json, or drop the duplicates with -o first',
      },
    );
  const pairs: NearPair[] = [];
  for (const block of own)
    eachPair(block, (x, y) => {
      const [a, b] = x.place.row < y.place.row ? [x.place.row, y.place.row] : [y.place.row, x.place.row];
      pairs.push({ a, b, jaccard: block.shared / block.union, class: block.class });
    });
  return pairs.sort((x, y) => x.a - y.a || x.b - y.b);
}

/** How many pairs of the dataset's rows there are of each class. */
export function countClasses({ blocks }: NearResult): Record<PairClass, number> {
  const counts: Record<PairClass, number> = { same: 0, conflict: 0, template: 0, other: 0 };
  for (const block of blocks) if (isOwn(block)) counts[block.class] += block.count;
  return counts;
}

/** Every leak, by row; the most similar row first if there are several. */
export function listLeaks({ blocks }: NearResult): Leak[] {
  const leaks: Leak[] = [];
  for (const block of blocks) {
    if (isOwn(block)) continue;
    eachPair(block, (x, y) => {
      const [row, of] = x.side === 'train' ? [x, y] : [y, x];
      leaks.push({ row, of, jaccard: block.shared / block.union, class: block.class });
    });
  }
  return leaks.sort(
    (x, y) => x.row.place.row - y.row.place.row || y.jaccard - x.jaccard || x.of.place.row - y.of.place.row,
  );
}

/** The first pair of a block whose rows still have their texts. */
export function shownPair(block: PairBlock): [RowFacts, RowFacts] | null {
  const a = block.a.rows.find(({ texts }) => texts !== null);
  const b = block.b.rows.find((row) => row !== a && row.texts !== null);
  if (!a || !b) return null;
  return a.place.row < b.place.row ? [a, b] : [b, a];
}

/** Whether both rows are the dataset's own. */
export function isOwn({ a, b }: PairBlock): boolean {
  return a.rows[0]?.side === 'train' && b.rows[0]?.side === 'train';
}

function eachPair({ a, b }: PairBlock, found: (x: RowFacts, y: RowFacts) => void): void {
  for (const [i, x] of a.rows.entries()) for (const y of a === b ? a.rows.slice(i + 1) : b.rows) found(x, y);
}

/** How many rows leak and are kept: all that leak, minus those dropped from the output. */
export function leaksLeft(near: NearResult, written: boolean): number {
  const leaking = new Set(listLeaks(near).map(({ row }) => row));
  if (written) for (const { row } of near.dropped) leaking.delete(row);
  return leaking.size;
}
