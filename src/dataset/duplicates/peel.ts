// Peeling: a row can have a partner only if at least ⌈t·|x|⌉ of its shingles occur in another row. Rows that cannot are
// taken away, which leaves shingles alone that were not before, and so on. Nothing that has a partner is ever lost.
import { leastShared, type Ratio } from './ratio.ts';
import type { ShingleStore } from './shingle-store.ts';

const rounds = 5;
// A round that takes fewer than this share of the rows is not worth another one.
const worthwhile = 0.05;

/** Counts up to three for each slot of a table; slots that several shingles share count too much, never too little. */
export interface CountTable {
  counts: Uint8Array;
  /** The slot of a shingle is `Math.imul(shingle, spread) >>> shift`. */
  shift: number;
}

/** Spreads a shingle's bits over the slot number. */
export const spread = 0x9e3779b1 | 0;

/** The rows that may have a partner at the ratio, in order. */
export function peelRows(store: ShingleStore, ratio: Ratio): Uint32Array {
  let rows = new Uint32Array(store.rows());
  for (let row = 0; row < rows.length; row += 1) rows[row] = row;
  for (let round = 0; round < rounds; round += 1) {
    const table = countShingles(store, rows);
    const left = keepShared(store, rows, table, ratio);
    const taken = rows.length - left.length;
    rows = left;
    if (taken < rows.length * worthwhile) break;
  }
  return rows;
}

/** Counts the shingles of `rows`. */
export function countShingles(store: ShingleStore, rows: Uint32Array): CountTable {
  let total = 0;
  for (const row of rows) total += store.sizeOf(row);
  const bits = Math.min(31, Math.max(12, Math.ceil(Math.log2(total + 1)) + 1));
  const counts = new Uint8Array(2 ** (bits - 2));
  const shift = 32 - bits;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    const piece = store.pieceOf(row);
    const start = store.startOf(row);
    const end = start + store.sizeOf(row);
    for (let at = start; at < end; at += 1) {
      const slot = Math.imul(piece[at] as number, spread) >>> shift;
      const place = (slot & 3) << 1;
      const four = counts[slot >>> 2] as number;
      if (((four >>> place) & 3) < 3) counts[slot >>> 2] = four + (1 << place);
    }
  }
  return { counts, shift };
}

function keepShared(
  store: ShingleStore,
  rows: Uint32Array,
  { counts, shift }: CountTable,
  ratio: Ratio,
): Uint32Array<ArrayBuffer> {
  const left = new Uint32Array(rows.length);
  let kept = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    const piece = store.pieceOf(row);
    const size = store.sizeOf(row);
    const start = store.startOf(row);
    let mayMiss = size - leastShared(ratio, size);
    for (let at = start; at < start + size && mayMiss >= 0; at += 1) {
      const slot = Math.imul(piece[at] as number, spread) >>> shift;
      if (((counts[slot >>> 2] as number) >>> ((slot & 3) << 1)) & 2) continue;
      mayMiss -= 1;
    }
    if (mayMiss >= 0) {
      left[kept] = row;
      kept += 1;
    }
  }
  return left.slice(0, kept);
}
