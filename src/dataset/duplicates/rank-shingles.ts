// The shingles of the rows that are left, renamed by how often they occur: rare ones have small numbers.
import type { ShingleStore } from './shingle-store.ts';

export interface RankedRows {
  /** The rows' numbers in the store, from small sets to large ones. */
  rows: Uint32Array;
  /** Distinct shingles of each, those of one row only included. */
  sizes: Uint32Array;
  /** Where each row's shared shingles start in `ranks`, and at the end where the last one's end. */
  starts: Uint32Array;
  /** Shingles that occur more than once, rarest first within a row. */
  ranks: Uint32Array;
  /** Ranks are below this. */
  kinds: number;
}

/**
 * Renames. Two shingles that agree in 32 bits get one rank, also within a row: overlaps are then counted too high, never
 * too low, so that a join over ranks misses no pair.
 */
export function rankShingles(store: ShingleStore, rows: Uint32Array): RankedRows {
  const ordered = orderBySize(store, rows);
  let total = 0;
  for (const row of rows) total += store.sizeOf(row);
  // At the ratios in use most shingles of these rows occur twice or more, so there are far fewer kinds than slots.
  const bits = Math.max(10, Math.ceil(Math.log2(total + 1)));
  const table = countKinds(store, ordered, bits);
  const kinds = assignRanks(table);
  const sizes = new Uint32Array(ordered.length);
  const starts = new Uint32Array(ordered.length + 1);
  let ranks = new Uint32Array(total);
  let filled = 0;
  for (let i = 0; i < ordered.length; i += 1) {
    const row = ordered[i] as number;
    const piece = store.pieceOf(row);
    const start = store.startOf(row);
    const size = store.sizeOf(row);
    for (let at = start; at < start + size; at += 1) {
      const number = table.numbers[slotOf(table, piece[at] as number)] as number;
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

interface KindTable {
  keys: Int32Array;
  /** First how often a key occurs, then its rank + 1, or `onlyOnce`; 0 where the slot is free. */
  numbers: Uint32Array;
  shift: number;
}

// Taken slots must not look free, and a shingle of one row needs no rank.
const onlyOnce = 0xffffffff;

function countKinds(store: ShingleStore, rows: Uint32Array, bits: number): KindTable {
  const table = { keys: new Int32Array(2 ** bits), numbers: new Uint32Array(2 ** bits), shift: 32 - bits };
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    const piece = store.pieceOf(row);
    const start = store.startOf(row);
    const end = start + store.sizeOf(row);
    for (let at = start; at < end; at += 1) {
      const key = piece[at] as number;
      const slot = slotOf(table, key);
      table.keys[slot] = key;
      table.numbers[slot] = (table.numbers[slot] as number) + 1;
    }
  }
  return table;
}

// The slot of a key, or the free one where it belongs.
function slotOf({ keys, numbers, shift }: KindTable, key: number): number {
  const mask = keys.length - 1;
  let slot = Math.imul(key, 0x9e3779b1) >>> shift;
  while (numbers[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
  return slot;
}

// Counting sort by frequency. Returns how many ranks there are.
function assignRanks({ numbers }: KindTable): number {
  const most = 1 << 16;
  const buckets = new Uint32Array(most + 1);
  for (let slot = 0; slot < numbers.length; slot += 1) {
    const count = numbers[slot] as number;
    if (count > 1) buckets[Math.min(count, most)] = (buckets[Math.min(count, most)] as number) + 1;
  }
  let next = 0;
  for (let count = 0; count <= most; count += 1) {
    const here = buckets[count] as number;
    buckets[count] = next;
    next += here;
  }
  for (let slot = 0; slot < numbers.length; slot += 1) {
    const count = numbers[slot] as number;
    if (count === 0) continue;
    if (count === 1) {
      numbers[slot] = onlyOnce;
      continue;
    }
    const bucket = Math.min(count, most);
    numbers[slot] = (buckets[bucket] as number) + 1;
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  return next;
}

// From small sets to large ones; among equals, in the order of the rows.
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

// Insertion where the range is short, which nearly every row is.
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
