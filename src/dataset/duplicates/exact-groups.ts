// Rows that agree in one field, word for word: counted by a 64-bit hash per row, and listed if the groups are large.

export interface ExactGroups {
  /** How many sets of two or more rows agree. */
  groups: number;
  /** How many rows are in them. */
  rows: number;
  /** The largest sets: ascending row numbers, and their count. */
  largest: { count: number; rows: number[] }[];
}

export interface HashList {
  /** Adds one row's hash, in the order of the rows; zeros for a row that is not compared. */
  add(low: number, high: number): void;
  /** `rowOf` gives the row number to show for the n-th hash. */
  groups(rowOf: (index: number) => number): ExactGroups;
}

const shownGroups = 10;
const shownRows = 20;

/** An empty list; 8 bytes per row. */
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
  const repeated = findRepeated(hashes, size);
  // Sort by the low half, then the few entries that differ in the high half.
  const groups = new Map<number, number[][]>();
  for (const i of repeated) {
    const low = hashes[i * 2] as number;
    const lists = groups.get(low);
    const list = lists?.find(([first]) => hashes[(first as number) * 2 + 1] === hashes[i * 2 + 1]);
    if (list) list.push(i);
    else if (lists) lists.push([i]);
    else groups.set(low, [[i]]);
  }
  const real = [...groups.values()].flatMap((lists) => lists.filter((list) => list.length > 1));
  return {
    groups: real.length,
    rows: real.reduce((sum, list) => sum + list.length, 0),
    largest: real
      .sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number))
      .slice(0, shownGroups)
      .map((list) => ({ count: list.length, rows: list.slice(0, shownRows).map(rowOf) })),
  };
}

// Most hashes occur once; a small table of two bits per slot finds nearly all of those.
function findRepeated(hashes: Uint32Array, size: number): number[] {
  const bits = Math.max(10, Math.ceil(Math.log2(size + 1)) + 3);
  const seen = new Uint8Array(2 ** bits / 4);
  const slotOf = (i: number): number => Math.imul(hashes[i * 2] as number, 0x9e3779b1) >>> (32 - bits);
  const takesPart = (i: number): boolean => hashes[i * 2] !== 0 || hashes[i * 2 + 1] !== 0;
  for (let i = 0; i < size; i += 1) {
    if (!takesPart(i)) continue;
    const slot = slotOf(i);
    const place = (slot & 3) << 1;
    const four = seen[slot >>> 2] as number;
    seen[slot >>> 2] = four | ((four >>> place) & 1 ? 2 << place : 1 << place);
  }
  const repeated: number[] = [];
  for (let i = 0; i < size; i += 1) {
    const slot = slotOf(i);
    if (takesPart(i) && ((seen[slot >>> 2] as number) >>> ((slot & 3) << 1)) & 2) repeated.push(i);
  }
  return repeated;
}
