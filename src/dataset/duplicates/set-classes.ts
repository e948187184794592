// Rows with the same set of shingles are joined as one, so that a row that occurs a thousand times is compared once.
import type { RankedRows } from './rank-shingles.ts';

export interface SetClasses {
  /** One row of each class, by position in the ranked rows, small sets first. */
  heads: Uint32Array;
  /** The next row of the same class, by position; `none` after the last. */
  next: Uint32Array;
}

export const none = 0xffffffff;

/** Classes of rows with the same shingles (32 bits each), all of which are shared. */
export function findSetClasses({ rows, sizes, starts, ranks }: RankedRows): SetClasses {
  const next = new Uint32Array(rows.length).fill(none);
  const last = new Map<number, number[]>();
  const tails = new Uint32Array(rows.length);
  const heads: number[] = [];
  for (let i = 0; i < rows.length; i += 1) {
    tails[i] = i;
    const start = starts[i] as number;
    const end = starts[i + 1] as number;
    const twin = end - start === sizes[i] ? findTwin(i) : -1;
    if (twin < 0) heads.push(i);
    else {
      next[tails[twin] as number] = i;
      tails[twin] = i;
    }
  }
  return { heads: Uint32Array.from(heads), next };

  function findTwin(i: number): number {
    const start = starts[i] as number;
    const end = starts[i + 1] as number;
    let key = end - start;
    for (let at = start; at < end; at += 1)
      key = Math.imul(key ^ (ranks[at] as number), 0x9e3779b1) ^ (key >>> 15);
    const seen = last.get(key);
    if (!seen) {
      last.set(key, [i]);
      return -1;
    }
    for (const other of seen) if (equal(other, i)) return other;
    seen.push(i);
    return -1;
  }

  function equal(a: number, b: number): boolean {
    const length = sizes[a] as number;
    if (length !== sizes[b]) return false;
    const from = starts[a] as number;
    const to = starts[b] as number;
    for (let i = 0; i < length; i += 1) if (ranks[from + i] !== ranks[to + i]) return false;
    return true;
  }
}
