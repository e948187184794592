// The hashed rows of a file or a part of it: shingles, places, fields, and which rows may have a partner.
import { addCounts, type CountTable, keepShared } from './peel.ts';
import type { Ratio } from './ratio.ts';
import { createShingleStore } from './shingle-store.ts';

export interface PartStore {
  /** One row: `size` shingles from `from` on, its place, and four numbers of its fields from `at` on. */
  add(
    shingles: Int32Array,
    size: number,
    from: number,
    place: LinePlace,
    fields: Uint32Array,
    at: number,
  ): void;
  /** One row that cannot be compared. */
  leave(code: string, place: LinePlace): void;
  rows(): number;
  /** Counts the shingles of all rows, for stores that did not count while adding. */
  count(table: CountTable): void;
  /** The rows that may have a partner, given the counts of all parts. */
  keep(all: CountTable, ratio: Ratio): KeptRows;
  summary(lines: number): PartSummary;
}

/** Line, bytes before the row, and bytes of the row, from 0 at the start of the part; zeros if rows are not read by place. */
interface LinePlace {
  line: number;
  start: number;
  bytes: number;
}

/** Rows, bytes and lines count from 0 at the start of the part. */
export interface KeptRows {
  /** Five numbers per row: row, line, bytes before it, its bytes, its shingles. */
  table: Float64Array;
  /** Shingles of all rows, one row after another. */
  shingles: Int32Array;
}

export const keptWidth = 5;

export interface PartSummary {
  rows: number;
  lines: number;
  /** Rows that could not be compared, by code. */
  unread: Record<string, number>;
  /** Four numbers per row: the hashes of prompt and answer, zeros if there is none. */
  fields: Uint32Array;
}

/** An empty store. */
export function createPartStore(): PartStore {
  const store = createShingleStore();
  const unread: Record<string, number> = {};
  // Line and start; size in bytes and fields.
  let places = new Float64Array(1024 * 2);
  let numbers = new Uint32Array(1024 * 5);

  const place = ({ line, start, bytes }: LinePlace, fields: Uint32Array, at: number): void => {
    const row = store.rows();
    if (row * 2 === places.length) {
      const [more, moreNumbers] = [new Float64Array(row * 4), new Uint32Array(row * 10)];
      more.set(places);
      moreNumbers.set(numbers);
      [places, numbers] = [more, moreNumbers];
    }
    places[row * 2] = line;
    places[row * 2 + 1] = start;
    numbers[row * 5] = bytes;
    for (let i = 0; i < 4; i += 1) numbers[row * 5 + 1 + i] = fields[at + i] as number;
  };

  return {
    add(shingles, size, from, at, fields, fieldsAt) {
      place(at, fields, fieldsAt);
      store.add(shingles, size, from);
    },
    leave(code, at) {
      unread[code] = (unread[code] ?? 0) + 1;
      place(at, noFields, 0);
      store.add(noShingles, 0);
    },
    rows: store.rows,
    count(table) {
      for (let row = 0; row < store.rows(); row += 1)
        addCounts(table, store.pieceOf(row), store.startOf(row), store.sizeOf(row));
    },
    keep(all, ratio) {
      const rows = keepShared(store, null, all, ratio).filter((row) => store.sizeOf(row) > 0);
      let total = 0;
      for (const row of rows) total += store.sizeOf(row);
      const table = new Float64Array(rows.length * keptWidth);
      const shingles = new Int32Array(total);
      let filled = 0;
      rows.forEach((row, i) => {
        const size = store.sizeOf(row);
        const start = store.startOf(row);
        shingles.set(store.pieceOf(row).subarray(start, start + size), filled);
        filled += size;
        const at = i * keptWidth;
        table[at] = row;
        table[at + 1] = places[row * 2] as number;
        table[at + 2] = places[row * 2 + 1] as number;
        table[at + 3] = numbers[row * 5] as number;
        table[at + 4] = size;
      });
      return { table, shingles };
    },
    summary(lines) {
      const rows = store.rows();
      const fields = new Uint32Array(rows * 4);
      for (let row = 0; row < rows; row += 1)
        for (let i = 0; i < 4; i += 1) fields[row * 4 + i] = numbers[row * 5 + 1 + i] as number;
      return { rows, lines, unread, fields };
    },
  };
}

const noFields = new Uint32Array(4);
const noShingles = new Int32Array(0);
