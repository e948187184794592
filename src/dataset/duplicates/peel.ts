// Peeling: a row can have a partner only if at least ⌈t·|x|⌉ of its shingles occur in another row. Other rows are
// removed, which makes more shingles unique, and so on. A row with a partner is never removed.
import { leastShared, type Ratio } from './ratio.ts';
import type { ShingleStore } from './shingle-store.ts';

const rounds = 5;
// Stop after a round that removes less than this share of the rows.
const worthwhile = 0.05;

/** Counts up to three for each slot of a table; shared slots count too high, never too low. */
export interface CountTable {
  counts: Uint8Array;
  /** The slot of a shingle is `Math.imul(shingle, spread) >>> shift`. */
  shift: number;
}

// Spreads a shingle's bits over the slot number.
const spread = 0x9e3779b1 | 0;

/** The rows that may have a partner at this ratio, in order. */
export function peelRows(store: ShingleStore, ratio: Ratio): Uint32Array {
  let rows: Uint32Array | null = null;
  for (let round = 0; round < rounds; round += 1) {
    const before: number = rows?.length ?? store.rows();
    rows = keepShared(store, rows, countShingles(store, rows), ratio);
    if (before - rows.length < before * worthwhile) break;
  }
  return rows ?? new Uint32Array(0);
}

/** Number of slots for about this many shingles: two to four for each. */
export function tableBits(shingles: number): number {
  return Math.min(30, Math.max(12, Math.ceil(Math.log2(shingles + 1)) + 1));
}

function countShingles(store: ShingleStore, rows: Uint32Array | null): CountTable {
  const count = rows?.length ?? store.rows();
  let total = 0;
  for (let i = 0; i < count; i += 1) total += store.sizeOf(rows ? (rows[i] as number) : i);
  const bits = tableBits(total);
  const table = { counts: new Uint8Array(2 ** (bits - 2)), shift: 32 - bits };
  for (let i = 0; i < count; i += 1) {
    const row = rows ? (rows[i] as number) : i;
    addCounts(table, store.pieceOf(row), store.startOf(row), store.sizeOf(row));
  }
  return table;
}

/** Adds `size` shingles from `start` on to a table. */
export function addCounts(
  { counts, shift }: CountTable,
  shingles: Int32Array,
  start: number,
  size: number,
): void {
  const end = start + size;
  for (let at = start; at < end; at += 1) {
    const slot = Math.imul(shingles[at] as number, spread) >>> shift;
    const place = (slot & 3) << 1;
    const four = counts[slot >>> 2] as number;
    if (((four >>> place) & 3) < 3) counts[slot >>> 2] = four + (1 << place);
  }
}

/** Adds one table to another of the same size, slot by slot, up to three. */
export function mergeCounts(into: CountTable, more: CountTable): void {
  const length = into.counts.length / 4;
  const a = new Int32Array(into.counts.buffer, into.counts.byteOffset, length);
  const b = new Int32Array(more.counts.buffer, more.counts.byteOffset, length);
  const ones = 0x55555555;
  for (let i = 0; i < length; i += 1) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (y === 0) continue;
    // Computes sixteen sums at once: the low and high bits, their carries, and all bits set if a sum is over three.
    const carry = x & y & ones;
    const [highX, highY] = [(x >>> 1) & ones, (y >>> 1) & ones];
    const over = (highX & highY) | (carry & (highX | highY));
    const low = ((x ^ y) & ones) | over;
    const high = (highX ^ highY ^ carry) | over;
    a[i] = low | (high << 1);
  }
}

/** Those of `rows` (null: all) with enough shingles that occur more than once, in order. */
export function keepShared(
  store: ShingleStore,
  rows: Uint32Array | null,
  { counts, shift }: CountTable,
  ratio: Ratio,
): Uint32Array {
  const count = rows?.length ?? store.rows();
  const left = new Uint32Array(count);
  let kept = 0;
  for (let i = 0; i < count; i += 1) {
    const row = rows ? (rows[i] as number) : i;
    const piece = store.pieceOf(row);
    const size = store.sizeOf(row);
    const start = store.startOf(row);
    const end = start + size;
    let mayMiss = size - leastShared(ratio, size);
    // Looks up eight at a time without branches, because access to the large table takes most of the time.
    for (let at = start; at < end && mayMiss >= 0; ) {
      const stop = Math.min(end, at + 8);
      for (; at < stop; at += 1) {
        const slot = Math.imul(piece[at] as number, spread) >>> shift;
        mayMiss -= (((counts[slot >>> 2] as number) >>> (((slot & 3) << 1) | 1)) & 1) ^ 1;
      }
    }
    if (mayMiss >= 0) {
      left[kept] = row;
      kept += 1;
    }
  }
  return left.slice(0, kept);
}
