// PPJoin (Xiao, Wang, Lin, Yu: Efficient Similarity Joins for Near Duplicate Detection, WWW 2008): all pairs of sets with
// Jaccard at least t. Two such sets share a shingle among the rarest few of each (prefix filter), have similar sizes
// (length filter), and enough shingles left after a match (positional filter). Pairs that pass are verified.
import type { RankedRows } from './rank-shingles.ts';
import { leastOverlap, leastShared, type Ratio } from './ratio.ts';

export interface JoinedPairs {
  /** Positions in the ranked rows; `a` comes before `b`. */
  a: Uint32Array;
  b: Uint32Array;
}

/** Pairs among `heads` (positions in size order) at the ratio, over 32-bit shingles: complete, but a few may be wrong. */
export function joinSets(
  ranked: RankedRows,
  heads: Uint32Array,
  ratio: Ratio,
  wanted: (a: number, b: number) => boolean,
): JoinedPairs {
  const { sizes, starts, ranks } = ranked;
  const index = createIndex(ranked, heads, ratio);
  const pairs = createPairs();
  // By head: matches so far, or `ruledOut` by the positional filter.
  const matches = new Int32Array(heads.length);
  const touched = new Uint32Array(heads.length);
  for (let x = 0; x < heads.length; x += 1) {
    const row = heads[x] as number;
    const size = sizes[row] as number;
    const start = starts[row] as number;
    const shared = (starts[row + 1] as number) - start;
    const least = leastShared(ratio, size);
    const prefix = shared - least + 1;
    let found = 0;
    for (let i = 0; i < prefix; i += 1) {
      const rank = ranks[start + i] as number;
      const end = index.ends[rank] as number;
      let at = index.begins[rank] as number;
      while (at < end && (sizes[heads[index.heads[at] as number] as number] as number) < least) at += 1;
      index.begins[rank] = at;
      for (; at < end; at += 1) {
        const y = index.heads[at] as number;
        const before = matches[y] as number;
        if (before < 0) continue;
        const other = heads[y] as number;
        const left = Math.min(shared - i, index.left[at] as number);
        if (before === 0) {
          touched[found] = y;
          found += 1;
        }
        matches[y] =
          before + left >= leastOverlap(ratio, size, sizes[other] as number) ? before + 1 : ruledOut;
      }
    }
    for (let k = 0; k < found; k += 1) {
      const y = touched[k] as number;
      const other = heads[y] as number;
      if ((matches[y] as number) > 0 && wanted(other, row) && verify(other, row)) pairs.add(other, row);
      matches[y] = 0;
    }
    index.add(x);
  }
  return pairs.all();

  function verify(a: number, b: number): boolean {
    let i = starts[a] as number;
    let j = starts[b] as number;
    const endA = starts[a + 1] as number;
    const endB = starts[b + 1] as number;
    let missing = leastOverlap(ratio, sizes[a] as number, sizes[b] as number);
    while (missing > 0 && endA - i >= missing && endB - j >= missing) {
      const p = ranks[i] as number;
      const q = ranks[j] as number;
      if (p === q) missing -= 1;
      if (p <= q) i += 1;
      if (q <= p) j += 1;
    }
    return missing <= 0;
  }
}

const ruledOut = -1;

// Inverted lists of the prefixes in one array; each list is sorted by size.
function createIndex({ sizes, starts, ranks, kinds }: RankedRows, heads: Uint32Array, ratio: Ratio) {
  const prefixOf = (row: number): number => {
    const size = sizes[row] as number;
    const shared = (starts[row + 1] as number) - (starts[row] as number);
    return Math.max(0, shared - leastOverlap(ratio, size, size) + 1);
  };
  const begins = new Uint32Array(kinds + 1);
  for (const row of heads) {
    const start = starts[row] as number;
    const end = start + prefixOf(row);
    for (let at = start; at < end; at += 1)
      begins[(ranks[at] as number) + 1] = (begins[(ranks[at] as number) + 1] as number) + 1;
  }
  for (let rank = 1; rank <= kinds; rank += 1)
    begins[rank] = (begins[rank] as number) + (begins[rank - 1] as number);
  const ends = begins.slice();
  const total = begins[kinds] as number;
  const lists = { heads: new Uint32Array(total), left: new Uint32Array(total) };
  return {
    begins,
    ends,
    heads: lists.heads,
    /** Number of shared shingles of the set from the indexed one on. */
    left: lists.left,
    add(x: number): void {
      const row = heads[x] as number;
      const start = starts[row] as number;
      const shared = (starts[row + 1] as number) - start;
      const prefix = prefixOf(row);
      for (let i = 0; i < prefix; i += 1) {
        const rank = ranks[start + i] as number;
        const at = ends[rank] as number;
        lists.heads[at] = x;
        lists.left[at] = shared - i;
        ends[rank] = at + 1;
      }
    },
  };
}

function createPairs() {
  let a = new Uint32Array(1024);
  let b = new Uint32Array(1024);
  let size = 0;
  return {
    add(x: number, y: number): void {
      if (size === a.length) {
        const [moreA, moreB] = [new Uint32Array(size * 2), new Uint32Array(size * 2)];
        moreA.set(a);
        moreB.set(b);
        [a, b] = [moreA, moreB];
      }
      a[size] = x;
      b[size] = y;
      size += 1;
    },
    all: (): JoinedPairs => ({ a: a.slice(0, size), b: b.slice(0, size) }),
  };
}
