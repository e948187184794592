// From hashed shingles to the rows that must be compared: peel, rename, collapse equal sets, join.
import { peelRows } from './peel.ts';
import { joinSets } from './prefix-join.ts';
import { rankShingles } from './rank-shingles.ts';
import type { Ratio } from './ratio.ts';
import { findSetClasses, none } from './set-classes.ts';
import type { ShingleStore } from './shingle-store.ts';

/** The role of a row: deduplicated, or only compared against. */
export type Side = 'train' | 'validation' | 'benchmark';

export interface Candidates {
  /** Classes of rows with the same shingles; includes classes of one row if it is in a pair. */
  classes: Uint32Array[];
  /** Pairs of classes at the ratio, as positions in `classes`, one after another. */
  pairs: Uint32Array;
}

/**
 * Every pair of rows at the ratio, of which one at least is a train row, is among the candidates. A few more may be:
 * shingles are compared by 32 bits, and the result is verified on words later. `numbers` names the rows of the
 * store, of which the first `trains` are train rows.
 */
export function findCandidates(
  store: ShingleStore,
  numbers: Uint32Array,
  trains: number,
  ratio: Ratio,
): Candidates {
  const ranked = rankShingles(store, peelRows(store, ratio));
  const { heads, next } = findSetClasses(ranked);
  const rowAt = (position: number): number => numbers[ranked.rows[position] as number] as number;
  const membersOf = (head: number): number[] => {
    const members: number[] = [];
    for (let at = head; at !== none; at = next[at] as number) members.push(rowAt(at));
    return members.sort((a, b) => a - b);
  };
  const hasTrain = new Uint8Array(ranked.rows.length);
  for (const head of heads)
    for (let at = head; at !== none; at = next[at] as number)
      if ((ranked.rows[at] as number) < trains) hasTrain[head] = 1;
  const joined = joinSets(ranked, heads, ratio, (a, b) => hasTrain[a] === 1 || hasTrain[b] === 1);

  const classes: Uint32Array[] = [];
  const places = new Map<number, number>();
  const numberOf = (head: number): number => {
    const known = places.get(head);
    if (known !== undefined) return known;
    places.set(head, classes.length);
    classes.push(Uint32Array.from(membersOf(head)));
    return classes.length - 1;
  };
  for (const head of heads) if (next[head] !== none && hasTrain[head] === 1) numberOf(head);
  const pairs = new Uint32Array(joined.a.length * 2);
  for (let i = 0; i < joined.a.length; i += 1) {
    pairs[i * 2] = numberOf(joined.a[i] as number);
    pairs[i * 2 + 1] = numberOf(joined.b[i] as number);
  }
  return { classes, pairs };
}
