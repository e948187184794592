// Compares two versions of a dataset row by row: by fingerprint first, then by id, then by prompt.
import { type Field, fields, type RowTable } from './row-table.ts';

interface Pair {
  /** Indices into the tables. */
  a: number;
  b: number;
}

interface ChangedPair extends Pair {
  /** Why the two count as one row. */
  by: 'id' | 'prompt';
}

export interface Comparison {
  /** Pairs of equal rows; each row is in at most one pair. */
  same: number;
  /** Those of them that moved: the smallest number that explains the different order. */
  moved: number;
  /** Equal rows whose other fields differ. */
  metadata: Pair[];
  changed: ChangedPair[];
  added: number[];
  removed: number[];
}

/** Every row of both tables is in exactly one list. Pairs are in the order of `b`. */
export function compareTables(a: RowTable, b: RowTable): Comparison {
  const free = { a: new Uint8Array(a.size()).fill(1), b: new Uint8Array(b.size()).fill(1) };
  const join = (field: Field, once = false): Pair[] => joinTables(a, b, field, free, once);
  const equal = join(fields.whole);
  const metadata = join(fields.fingerprint);
  const byId = join(fields.id, true).map((pair): ChangedPair => ({ ...pair, by: 'id' }));
  const byPrompt = join(fields.prompt).map((pair): ChangedPair => ({ ...pair, by: 'prompt' }));
  const left = (side: Uint8Array): number[] => [...side.keys()].filter((i) => side[i] === 1);
  const inOrder = [...equal, ...metadata].sort((x, y) => x.b - y.b);
  return {
    same: inOrder.length,
    moved: inOrder.length - longestRise(inOrder.map((pair) => pair.a)),
    metadata,
    changed: [...byId, ...byPrompt].sort((x, y) => x.b - y.b),
    added: left(free.b),
    removed: left(free.a),
  };
}

// Pairs unpaired rows with equal fields, in order; `once` skips values that several unpaired rows of a side share.
function joinTables(
  a: RowTable,
  b: RowTable,
  field: Field,
  free: { a: Uint8Array; b: Uint8Array },
  once: boolean,
): Pair[] {
  const first = new Map<number, number>();
  const next = new Int32Array(a.size()).fill(-1);
  for (let i = a.size() - 1; i >= 0; i -= 1) {
    const key = free.a[i] === 1 ? a.keyOf(i, field) : null;
    if (key === null) continue;
    next[i] = first.get(key) ?? -1;
    first.set(key, i);
  }
  const shared = once ? countKeys(b, field, free.b) : null;
  const pairs: Pair[] = [];
  for (let i = 0; i < b.size(); i += 1) {
    const key = free.b[i] === 1 ? b.keyOf(i, field) : null;
    if (key === null) continue;
    // The first of a chain nearly always matches, unless two fields share a key.
    let before = -1;
    let at = first.get(key) ?? -1;
    if (shared && ((shared.get(key) ?? 0) > 1 || (at >= 0 && (next[at] ?? -1) >= 0))) continue;
    while (at >= 0 && !b.equals(i, field, a, at)) {
      before = at;
      at = next[at] ?? -1;
    }
    if (at < 0) continue;
    if (before < 0) first.set(key, next[at] ?? -1);
    else next[before] = next[at] ?? -1;
    free.a[at] = 0;
    free.b[i] = 0;
    pairs.push({ a: at, b: i });
  }
  return pairs;
}

function countKeys(table: RowTable, field: Field, free: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < table.size(); i += 1) {
    const key = free[i] === 1 ? table.keyOf(i, field) : null;
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

// Length of the longest strictly ascending subsequence (patience sorting).
function longestRise(values: readonly number[]): number {
  const tops: number[] = [];
  for (const value of values) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    tops[low] = value;
  }
  return tops.length;
}
