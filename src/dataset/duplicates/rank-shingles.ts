// Renames the shingles of the remaining rows by frequency: rare ones have small numbers.
import type { ShingleStore } from './shingle-store.ts';

export interface RankedRows {
  /** The rows' numbers in the store, from small sets to large ones. */
  rows: Uint32Array;
  /** Distinct shingles of each row, including those that occur in no other row. */
  sizes: Uint32Array;
  /** Start of each row's shared shingles in `ranks`, and finally the end of the last row's. */
  starts: Uint32Array;
  /** Shingles that occur more than once, rarest first within a row. */
  ranks: Uint32Array;
  /** Ranks are below this. */
  kinds: number;
}

/**
 * Renames. Two shingles with the same 32 bits get one rank, even within a row. So overlaps are counted too high, never
 * too low, and a join over ranks misses no pair.
 */
export function rankShingles(store: ShingleStore, rows: Uint32Array): RankedRows {
  const ordered = orderBySize(store, rows);
  let total = 0;
  for (const row of rows) total += store.sizeOf(row);
  const table = createKindTable(total);
  // The slot of each shingle, row after row; later its rank.
  let ranks = new Uint32Array(total);
  let read = 0;
  for (let i = 0; i < ordered.length; i += 1) {
    const row = ordered[i] as number;
    const start = store.startOf(row);
    read = countKinds(table, store.pieceOf(row), start, start + store.sizeOf(row), ranks, read);
  }
  const kinds = assignRanks(table);
  const sizes = new Uint32Array(ordered.length);
  const starts = new Uint32Array(ordered.length + 1);
  let filled = 0;
  read = 0;
  for (let i = 0; i < ordered.length; i += 1) {
    const size = store.sizeOf(ordered[i] as number);
    for (const end = read + size; read < end; read += 1) {
      const number = table[((ranks[read] as number) << 1) | 1] as number;
      if (number === onlyOnce) continue;
      ranks[filled] = number - 1;
      filled += 1;
    }
    sizes[i] = size;
    starts[i + 1] = filled;
    sortRange(ranks, starts[i] as number, filled);
  }
  ranks = ranks.slice(0, filled);
  return { rows: ordered, sizes, starts, ranks, kinds };
}

// Two numbers per slot: a key, and its count (0: the slot is free), later its rank + 1 or `onlyOnce`.
type KindTable = Uint32Array;

// Used slots must not look free, and a shingle of a single row needs no rank.
const onlyOnce = 0xffffffff;

// At usual ratios most of these shingles occur twice or more, so there are far fewer distinct shingles than slots.
function createKindTable(shingles: number): KindTable {
  return new Uint32Array(2 ** (Math.max(10, Math.ceil(Math.log2(shingles + 1))) + 1));
}

function countKinds(
  table: KindTable,
  piece: Int32Array,
  start: number,
  end: number,
  slots: Uint32Array,
  filled: number,
): number {
  const mask = table.length / 2 - 1;
  const shift = Math.clz32(mask);
  for (let at = start; at < end; at += 1) {
    const key = (piece[at] as number) >>> 0;
    let slot = Math.imul(key, 0x9e3779b1) >>> shift;
    for (;;) {
      const count = table[(slot << 1) | 1] as number;
      if (count === 0) table[slot << 1] = key;
      if (count === 0 || table[slot << 1] === key) {
        table[(slot << 1) | 1] = count + 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    slots[filled] = slot;
    filled += 1;
  }
  return filled;
}

// Counting sort by frequency. Returns how many ranks there are.
function assignRanks(table: KindTable): number {
  const most = 1 << 16;
  const buckets = new Uint32Array(most + 1);
  for (let at = 1; at < table.length; at += 2) {
    const bucket = Math.min(table[at] as number, most);
    if (bucket > 1) buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  let next = 0;
  for (let count = 0; count <= most; count += 1) {
    const here = buckets[count] as number;
    buckets[count] = next;
    next += here;
  }
  for (let at = 1; at < table.length; at += 2) {
    const count = table[at] as number;
    if (count === 0) continue;
    const bucket = Math.min(count, most);
    const rank = buckets[bucket] as number;
    table[at] = count === 1 ? onlyOnce : rank + 1;
    buckets[bucket] = rank + 1;
  }
  return next;
}

// Small sets first; sets of equal size in row order.
function orderBySize(store: ShingleStore, rows: Uint32Array): Uint32Array {
  let largest = 0;
  for (const row of rows) largest = Math.max(largest, store.sizeOf(row));
  const next = new Uint32Array(largest + 2);
  for (const row of rows) next[store.sizeOf(row) + 1] = (next[store.sizeOf(row) + 1] as number) + 1;
  for (let size = 1; size < next.length; size += 1)
    next[size] = (next[size] as number) + (next[size - 1] as number);
  const ordered = new Uint32Array(rows.length);
  for (const row of rows) {
    const size = store.sizeOf(row);
    ordered[next[size] as number] = row;
    next[size] = (next[size] as number) + 1;
  }
  return ordered;
}

// Insertion sort for short ranges, which nearly all rows are.
function sortRange(numbers: Uint32Array, from: number, to: number): void {
  if (to - from > 96) {
    numbers.subarray(from, to).sort();
    return;
  }
  for (let i = from + 1; i < to; i += 1) {
    const value = numbers[i] as number;
    let at = i - 1;
    while (at >= from && (numbers[at] as number) > value) {
      numbers[at + 1] = numbers[at] as number;
      at -= 1;
    }
    numbers[at + 1] = value;
  }
}
