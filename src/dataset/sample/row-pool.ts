// Rows by fingerprint, until the dataset's own fingerprint is known, which seeds the order.
import { firstOfOrder } from '../review/permutation.ts';

export interface RankedRow {
  /** From 0 over all sources. */
  row: number;
  /** Hex. */
  fingerprint: string;
}

export interface RowPool {
  /** `fingerprint` in hex; each row once. */
  add(fingerprint: string, row: number): void;
  size(): number;
  /** The row that was added as the `index`th. */
  at(index: number): RankedRow;
  /** The pool's first `count` rows in the order of the dataset. */
  first(count: number, datasetFingerprint: string): RankedRow[];
}

/** An empty pool: 36 bytes a row. */
export function createRowPool(): RowPool {
  let bytes = Buffer.alloc(32 * 64);
  let numbers = new Uint32Array(64);
  let size = 0;
  const at = (i: number): RankedRow => ({
    row: numbers[i] ?? 0,
    fingerprint: bytes.toString('hex', i * 32, i * 32 + 32),
  });
  return {
    size: () => size,
    at,
    add(fingerprint, row) {
      if (size === numbers.length) {
        bytes = Buffer.concat([bytes], bytes.length * 2);
        const more = new Uint32Array(size * 2);
        more.set(numbers);
        numbers = more;
      }
      bytes.write(fingerprint, size * 32, 'hex');
      numbers[size] = row;
      size += 1;
    },
    first: (count, datasetFingerprint) =>
      firstOfOrder(datasetFingerprint, { bytes, rows: size }, count).map(at),
  };
}
