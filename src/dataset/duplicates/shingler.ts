// Converts texts to sets of hashed shingles, the hot path. A hash has 64 bits in two lanes of 32, without an object per word.
import { unitAt } from '../text/unit-at.ts';
import {
  alone,
  type CharacterClasses,
  createClasses,
  gap,
  half,
  hard,
  unknown,
} from './character-classes.ts';
import { normalForm, type Unit, wordless } from './words.ts';

export interface ShinglerOptions {
  /** Words per shingle, 1 to 5. */
  n: number;
  unit: Unit;
}

export interface Shingler {
  /** Adds the words of one text to the row; words do not cross the boundary of texts. */
  addText(text: string): void;
  /** Number of words in the row so far. */
  words(): number;
  /** A 64-bit hash of the words from `from` to before `to`, as two numbers. */
  hashWords(from: number, to: number): { low: number; high: number };
  /**
   * Ends the row: its distinct shingles, in `shingles()` from 0 to before the number returned, and forgets its words.
   * A row of fewer than n words is one shingle, and a row without any word is one: its text.
   */
  endRow(): number;
  /** The first lane of each distinct shingle, unordered; two shingles of a row may agree in it and differ in the second. */
  shingles(): Int32Array;
}

const seedLow = 0x1b873593 | 0;
const seedHigh = 0x2545f491 | 0;
// Odd numbers, one for each position in a shingle.
const low = [0x9e3779b1 | 0, 0x85ebca77 | 0, 0xc2b2ae3d | 0, 0x27d4eb2f, 0x165667b1];
const high = [0xcc9e2d51 | 0, 0xe6546b64 | 1, 0x38b34ae5, 0xa1e38b93 | 0, 0x7feb352d];

/** A shingler for rows one after another. */
export function createShingler({ n, unit }: ShinglerOptions): Shingler {
  const raw = createClasses(unit, false);
  let normal: CharacterClasses | null = null;
  // Hashes of the row's words, one array per lane.
  let wordLow = new Int32Array(1024);
  let wordHigh = new Int32Array(1024);
  let count = 0;
  let textWithoutWords = '';
  const set = createDistinct();

  const grow = (): void => {
    wordLow = doubled(wordLow);
    wordHigh = doubled(wordHigh);
  };
  const push = (a: number, b: number): void => {
    if (count === wordLow.length) grow();
    const x = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d);
    const y = Math.imul(b ^ (b >>> 13), 0x297a2d39);
    wordLow[count] = x ^ (x >>> 12);
    wordHigh[count] = y ^ (y >>> 16);
    count += 1;
  };

  // False if the text must be normalised first; then the caller removes its words again.
  const read = (text: string, classes: CharacterClasses): boolean => {
    const { table } = classes;
    let a = seedLow;
    let b = seedHigh;
    let open = false;
    const { length } = text;
    for (let i = 0; i < length; i += 1) {
      const code = unitAt(text, i);
      let kind = table[code] as number;
      if (kind === unknown) kind = classes.classify(code);
      if (kind > hard) {
        a = Math.imul(a ^ kind, 0x01000193);
        b = Math.imul(b, 0x5bd1e995) + kind;
        open = true;
        continue;
      }
      let tail = 0;
      if (kind === half) {
        const point = text.codePointAt(i) as number;
        kind = point > 0xffff ? classes.classifyPair(point) : gap;
        if (kind !== gap) tail = unitAt(text, i + 1);
        if (point > 0xffff) i += 1;
        if (kind > hard) {
          a = Math.imul(Math.imul(a ^ code, 0x01000193) ^ tail, 0x01000193);
          b = Math.imul(Math.imul(b, 0x5bd1e995) + code, 0x5bd1e995) + tail;
          open = true;
          continue;
        }
      }
      if (kind === hard) return false;
      if (open) {
        push(a, b);
        a = seedLow;
        b = seedHigh;
        open = false;
      }
      if (kind === alone) {
        a = Math.imul(Math.imul(seedLow ^ code, 0x01000193) ^ tail, 0x01000193);
        b = Math.imul(Math.imul(seedHigh, 0x5bd1e995) + code, 0x5bd1e995) + tail;
        push(a, b);
        a = seedLow;
        b = seedHigh;
      }
    }
    if (open) push(a, b);
    return true;
  };

  return {
    addText(text) {
      const before = count;
      if (!read(text, raw)) {
        count = before;
        normal ??= createClasses(unit, true);
        read(normalForm(text), normal);
      }
      if (count === 0) textWithoutWords += ` ${text}`;
    },
    words: () => count,
    hashWords(from, to) {
      let a = to - from;
      let b = ~a;
      for (let i = from; i < to; i += 1) {
        a = Math.imul(a ^ (wordLow[i] as number), 0x9e3779b1) + 0x7f4a7c15;
        a ^= a >>> 15;
        b = Math.imul(b ^ (wordHigh[i] as number), 0x85ebca6b) + 0x165667b1;
        b ^= b >>> 13;
      }
      return { low: a >>> 0, high: b >>> 0 };
    },
    endRow() {
      if (count === 0) for (const word of textKey(textWithoutWords)) push(word, ~word);
      textWithoutWords = '';
      const width = Math.min(n, count);
      set.clear(count - width + 1);
      if (width === 3) addTriples(wordLow, wordHigh, count, set.add);
      else
        for (let i = 0; i + width <= count; i += 1) {
          // The only shingle of a short row must differ from a longer row's shingles, although its words may have the same hash.
          let a = width;
          let b = width;
          for (let j = 0; j < width; j += 1) {
            a += Math.imul(wordLow[i + j] as number, low[j] as number);
            b += Math.imul(wordHigh[i + j] as number, high[j] as number);
          }
          set.add(a | 0, b | 0);
        }
      count = 0;
      return set.size();
    },
    shingles: () => set.values(),
  };
}

function addTriples(
  wordLow: Int32Array,
  wordHigh: Int32Array,
  count: number,
  add: (a: number, b: number) => void,
): void {
  const [l0, l1, l2] = low as [number, number, number];
  const [h0, h1, h2] = high as [number, number, number];
  for (let i = 2; i < count; i += 1)
    add(
      (Math.imul(wordLow[i - 2] as number, l0) +
        Math.imul(wordLow[i - 1] as number, l1) +
        Math.imul(wordLow[i] as number, l2) +
        3) |
        0,
      (Math.imul(wordHigh[i - 2] as number, h0) +
        Math.imul(wordHigh[i - 1] as number, h1) +
        Math.imul(wordHigh[i] as number, h2) +
        3) |
        0,
    );
}

function textKey(text: string): number[] {
  let a = seedLow;
  const key = wordless(text);
  for (let i = 0; i < key.length; i += 1) a = Math.imul(a ^ unitAt(key, i), 0x01000193);
  return [a];
}

interface Distinct {
  clear(atMost: number): void;
  add(a: number, b: number): void;
  size(): number;
  values(): Int32Array;
}

// A small open-addressed set; incrementing a stamp empties it.
function createDistinct(): Distinct {
  let slots = 1024;
  let keysLow = new Int32Array(slots);
  let keysHigh = new Int32Array(slots);
  let stamps = new Uint32Array(slots);
  let shift = 22;
  let stamp = 0;
  let found = new Int32Array(slots);
  let size = 0;
  return {
    clear(atMost) {
      size = 0;
      stamp += 1;
      if (atMost * 2 <= slots && stamp < 0xffffffff) return;
      while (atMost * 2 > slots) {
        slots *= 2;
        shift -= 1;
      }
      keysLow = new Int32Array(slots);
      keysHigh = new Int32Array(slots);
      stamps = new Uint32Array(slots);
      found = new Int32Array(slots);
      stamp = 1;
    },
    add(a, b) {
      const mask = slots - 1;
      for (let slot = Math.imul(a ^ b, 0x9e3779b1) >>> shift; ; slot = (slot + 1) & mask) {
        if (stamps[slot] !== stamp) {
          stamps[slot] = stamp;
          keysLow[slot] = a;
          keysHigh[slot] = b;
          found[size] = a;
          size += 1;
          return;
        }
        if (keysLow[slot] === a && keysHigh[slot] === b) return;
      }
    },
    size: () => size,
    values: () => found,
  };
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}
