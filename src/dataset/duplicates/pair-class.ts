// What kind of near-duplicate a pair is, decided by field: most are no reason to drop a row.
import type { InspectedPairs, RowFacts } from './inspect-pairs.ts';

/**
 * `same`: prompt and answer agree. `conflict`: one prompt, different answers. `template`: they differ only in numbers.
 * `other`: anything else, such as the same answer to another prompt, or a contrast with the opposite answer.
 */
export type PairClass = 'same' | 'conflict' | 'template' | 'other';

export const pairClasses: readonly PairClass[] = ['same', 'conflict', 'template', 'other'];

/** The class of a pair. */
export function classifyPair(a: RowFacts, b: RowFacts): PairClass {
  if (a.prompt === b.prompt) return a.answer === b.answer ? 'same' : 'conflict';
  return a.template === b.template ? 'template' : 'other';
}

/** Rows that no pair tells apart: the same shingles, fields and side. */
export interface Kind {
  rows: RowFacts[];
}

/** Pairs of rows, many at a time: every row of `a` with every row of `b`, or the rows of one kind with each other. */
export interface PairBlock {
  a: Kind;
  b: Kind;
  shared: number;
  union: number;
  class: PairClass;
  /** How many pairs of rows these are. */
  count: number;
}

/** All pairs of rows of which one at least is a train row, in blocks. */
export function pairBlocks({ sets, pairs }: InspectedPairs): PairBlock[] {
  const kinds = sets.map(({ rows }) => kindsOf(rows));
  const blocks: PairBlock[] = [];
  const add = (a: Kind, b: Kind, shared: number, union: number): void => {
    const [x] = a.rows;
    const [y] = b.rows;
    if (!x || !y || (x.side !== 'train' && y.side !== 'train')) return;
    const count = a === b ? (a.rows.length * (a.rows.length - 1)) / 2 : a.rows.length * b.rows.length;
    if (count > 0) blocks.push({ a, b, shared, union, class: classifyPair(x, y), count });
  };
  for (const list of kinds)
    for (let i = 0; i < list.length; i += 1)
      for (let j = i; j < list.length; j += 1) add(list[i] as Kind, list[j] as Kind, 1, 1);
  for (const { a, b, shared, union } of pairs)
    for (const x of kinds[a] ?? []) for (const y of kinds[b] ?? []) add(x, y, shared, union);
  return blocks;
}

function kindsOf(rows: readonly RowFacts[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const row of rows) {
    const key = `${row.side} ${row.prompt} ${row.answer} ${row.template}`;
    const kind = kinds.get(key);
    if (kind) kind.rows.push(row);
    else kinds.set(key, { rows: [row] });
  }
  return [...kinds.values()];
}
