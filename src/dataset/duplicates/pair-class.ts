// Classifies a pair by its fields, because most near-duplicates are not a reason to drop a row.
import type { Side } from './find-candidates.ts';
import type { InspectedPairs, RowFacts } from './inspect-pairs.ts';
import { type RowFields, templateOf } from './row-texts.ts';

/**
 * `same`: prompt and answer agree. `conflict`: one prompt, different answers. `template`: they differ only in numbers.
 * `other`: anything else, such as the same answer to another prompt, or a contrast with the opposite answer.
 */
export type PairClass = 'same' | 'conflict' | 'template' | 'other';

export const pairClasses: readonly PairClass[] = ['same', 'conflict', 'template', 'other'];

/** The class of a pair. */
function classifyPair({ fields: a }: RowFacts, { fields: b }: RowFacts): PairClass {
  if (a === b) return 'same';
  if (a.prompt === b.prompt) return 'conflict';
  return templateOf(a) === templateOf(b) ? 'template' : 'other';
}

/** Rows with the same shingles, fields and side, so that all their pairs are alike. */
export interface Kind {
  rows: RowFacts[];
}

/** A block of pairs: every row of `a` with every row of `b`, or the rows of one kind with each other. */
export interface PairBlock {
  a: Kind;
  b: Kind;
  shared: number;
  union: number;
  class: PairClass;
  /** Number of pairs in the block. */
  count: number;
}

/** All pairs with at least one train row, in blocks. */
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
  if (rows.length === 1) return [{ rows: [...rows] }];
  const sides: Record<Side, Map<RowFields, Kind>> = {
    train: new Map(),
    validation: new Map(),
    benchmark: new Map(),
  };
  for (const row of rows) {
    const kind = sides[row.side].get(row.fields);
    if (kind) kind.rows.push(row);
    else sides[row.side].set(row.fields, { rows: [row] });
  }
  return Object.values(sides).flatMap((kinds) => [...kinds.values()]);
}
