// Verifies a pair: counts shared and distinct shingles on the words themselves, so that a hash collision cannot make a pair.

/** A row as numbers; two words have equal numbers only if they are equal. */
export type WordNumbers = Uint32Array;

export interface WordTable {
  /** The numbers of words; new words get new numbers. */
  number(words: readonly string[]): WordNumbers;
}

/** Numbers for words. */
export function createWordTable(): WordTable {
  const numbers = new Map<string, number>();
  return {
    number(words) {
      const row = new Uint32Array(words.length);
      for (let i = 0; i < words.length; i += 1) {
        const word = words[i] as string;
        let number = numbers.get(word);
        if (number === undefined) {
          number = numbers.size;
          // Copy, because a slice of a long text would keep the whole text in memory.
          numbers.set(Buffer.from(word, 'utf16le').toString('utf16le'), number);
        }
        row[i] = number;
      }
      return row;
    },
  };
}

export interface Overlap {
  shared: number;
  union: number;
}

/** Counts for two rows' sets of `n`-grams; a row of fewer words is one shingle. */
export function createOverlapCounter(n: number): (a: WordNumbers, b: WordNumbers) => Overlap {
  let slots = new Int32Array(1024);
  return (a, b) => {
    const widthA = Math.min(n, a.length);
    const widthB = Math.min(n, b.length);
    const grams = a.length - widthA + 1;
    while (slots.length < grams * 2) slots = new Int32Array(slots.length * 2);
    // Position + 1 of a shingle's first occurrence in `a`; negative once `b` has it too; 0 for a free slot.
    slots.fill(0);
    let distinct = 0;
    for (let i = 0; i < grams; i += 1) {
      const slot = find(slots, a, widthA, a, i, widthA);
      if (slots[slot] !== 0) continue;
      slots[slot] = i + 1;
      distinct += 1;
    }
    let shared = 0;
    let onlyB = 0;
    const others = new Map<number, number[]>();
    for (let i = 0; i + widthB <= b.length; i += 1) {
      const slot = widthA === widthB ? find(slots, a, widthA, b, i, widthB) : -1;
      const at = slot < 0 ? 0 : (slots[slot] as number);
      if (at > 0) {
        slots[slot] = -at;
        shared += 1;
      } else if (at === 0 && isFirst(others, b, i, widthB)) onlyB += 1;
    }
    return { shared, union: distinct + onlyB };
  };
}

// The slot with the shingle at `i` of `row` in `a`, or the free slot for it.
function find(
  slots: Int32Array,
  a: WordNumbers,
  widthA: number,
  row: WordNumbers,
  i: number,
  width: number,
): number {
  const mask = slots.length - 1;
  let slot = hash(row, i, width) & mask;
  for (;;) {
    const at = slots[slot] as number;
    if (at === 0 || same(a, Math.abs(at) - 1, row, i, widthA)) return slot;
    slot = (slot + 1) & mask;
  }
}

function isFirst(seen: Map<number, number[]>, row: WordNumbers, i: number, width: number): boolean {
  const key = hash(row, i, width);
  const places = seen.get(key);
  if (!places) {
    seen.set(key, [i]);
    return true;
  }
  if (places.some((place) => same(row, place, row, i, width))) return false;
  places.push(i);
  return true;
}

function hash(row: WordNumbers, i: number, width: number): number {
  let key = width;
  for (let j = 0; j < width; j += 1) key = Math.imul(key ^ (row[i + j] as number), 0x9e3779b1) ^ (key >>> 13);
  return (key ^ (key >>> 16)) >>> 0;
}

function same(a: WordNumbers, i: number, b: WordNumbers, j: number, width: number): boolean {
  for (let k = 0; k < width; k += 1) if (a[i + k] !== b[j + k]) return false;
  return true;
}
