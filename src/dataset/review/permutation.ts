// The order in which a dataset's rows are reviewed: a uniform permutation that anyone can compute from the fingerprints.
import { hash } from 'node:crypto';

/** Row fingerprints, 32 bytes each, one after another. */
export interface FingerprintList {
  bytes: Buffer;
  rows: number;
}

/**
 * The place of one row in its dataset's order: SHA-256(dataset fingerprint ‖ row fingerprint), as latin-1. Rows are
 * read from the smallest key on. Both fingerprints are 32 bytes, the dataset's as hex.
 */
export function orderKey(dataset: string, row: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(dataset, 'hex'), row]), 'binary');
}

/** Indices of the first `count` rows of the order of `dataset` among `list`; all if there are fewer. */
export function firstOfOrder(dataset: string, list: FingerprintList, count: number): number[] {
  return select(dataset, list, count, 'first');
}

/** Indices of the last `count` rows of the order, the very last first. */
export function lastOfOrder(dataset: string, list: FingerprintList, count: number): number[] {
  return select(dataset, list, count, 'last');
}

function select(
  dataset: string,
  { bytes, rows }: FingerprintList,
  count: number,
  end: 'first' | 'last',
): number[] {
  const wanted = Math.min(count, rows);
  if (wanted <= 0) return [];
  const seed = Buffer.from(dataset, 'hex');
  // 48 bits of each key fit a double exactly; the few wanted are then sorted by their whole keys.
  const heads = new Float64Array(rows);
  const input = Buffer.concat([seed, Buffer.alloc(32)]);
  const keyOf = (row: number): string => {
    bytes.copy(input, seed.length, row * 32, row * 32 + 32);
    return hash('sha256', input, 'binary');
  };
  for (let row = 0; row < rows; row += 1) heads[row] = head(keyOf(row));
  const sorted = heads.slice().sort();
  const border = sorted[end === 'first' ? wanted - 1 : rows - wanted] ?? 0;
  const found: { row: number; key: string }[] = [];
  for (let row = 0; row < rows; row += 1) {
    const at = heads[row] ?? 0;
    if (end === 'first' ? at <= border : at >= border) found.push({ row, key: keyOf(row) });
  }
  const sign = end === 'first' ? 1 : -1;
  found.sort((a, b) => sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row - b.row));
  return found.slice(0, wanted).map(({ row }) => row);
}

function head(key: string): number {
  let value = 0;
  for (let i = 0; i < 6; i += 1) value = value * 256 + key.charCodeAt(i);
  return value;
}
