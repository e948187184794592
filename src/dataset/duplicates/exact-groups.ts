// Rows that agree in one field, word for word: counted by a hash of 64 bits a row, named where the groups are large.

export interface ExactGroups {
  /** How many sets of two or more rows agree. */
  groups: number;
  /** How many rows stand in them. */
  rows: number;
  /** The largest sets: their row numbers, ascending, and how many there are. */
  largest: { count: number; rows: number[] }[];
}

export interface HashList {
  /** One row's hash, in the order of the rows; zeros for a row that takes no part. */
  add(low: number, high: number): void;
  /** `rowOf` gives the number to show for the n-th hash. */
  groups(rowOf: (index: number) => number): ExactGroups;
}

const shownGroups = 10;
const shownRows = 20;

/** An empty list: 8 bytes a row. */
export function createHashList(): HashList {
  let hashes = new Uint32Array(2048);
  let size = 0;
  return {
    add(low, high) {
      if (size * 2 === hashes.length) {
        const bigger = new Uint32Array(hashes.length * 2);
        bigger.set(hashes);
        hashes = bigger;
      }
      hashes[size * 2] = low;
      hashes[size * 2 + 1] = high;
      size += 1;
    },
    groups: (rowOf) => groupsOf(hashes, size, rowOf),
  };
}

function groupsOf(hashes: Uint32Array, size: number, rowOf: (index: number) => number): ExactGroups {
  const slots = 2 ** Math.ceil(Math.log2(size * 2 + 2));
  // First row of each hash + 1, and how many rows have it.
  const firsts = new Uint32Array(slots);
  const counts = new Uint32Array(slots);
  const slotOf = (i: number): number => {
    let slot = Math.imul((hashes[i * 2] as number) ^ (hashes[i * 2 + 1] as number), 0x9e3779b1) & (slots - 1);
    for (; ; slot = (slot + 1) & (slots - 1)) {
      const first = (firsts[slot] as number) - 1;
      if (first < 0) return slot;
      if (hashes[first * 2] === hashes[i * 2] && hashes[first * 2 + 1] === hashes[i * 2 + 1]) return slot;
    }
  };
  const takesPart = (i: number): boolean => hashes[i * 2] !== 0 || hashes[i * 2 + 1] !== 0;
  for (let i = 0; i < size; i += 1) {
    if (!takesPart(i)) continue;
    const slot = slotOf(i);
    if (firsts[slot] === 0) firsts[slot] = i + 1;
    counts[slot] = (counts[slot] as number) + 1;
  }
  let groups = 0;
  let rows = 0;
  const large: number[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    const count = counts[slot] as number;
    if (count < 2) continue;
    groups += 1;
    rows += count;
    large.push(slot);
  }
  const rank = (a: number, b: number): number =>
    (counts[b] as number) - (counts[a] as number) || (firsts[a] as number) - (firsts[b] as number);
  const shown = new Map(
    large
      .sort(rank)
      .slice(0, shownGroups)
      .map((slot) => [slot, [] as number[]]),
  );
  if (shown.size > 0)
    for (let i = 0; i < size; i += 1) {
      const list = takesPart(i) ? shown.get(slotOf(i)) : undefined;
      if (list && list.length < shownRows) list.push(rowOf(i));
    }
  return {
    groups,
    rows,
    largest: [...shown].map(([slot, list]) => ({ count: counts[slot] as number, rows: list })),
  };
}
