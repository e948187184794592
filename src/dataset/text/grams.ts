// Records the runs of three units in a text in one pass, as a fast first test for words that many checks look for.
import { unitAt } from './unit-at.ts';

const run = 3;
const slotBits = 14;

/** A bit for each run of three units, by its hash: runs may share one, so a set bit proves nothing. */
export type Grams = Int32Array;

/** An empty set of runs. */
export function createGrams(): Grams {
  return new Int32Array(2 ** slotBits / 32);
}

/** Notes the runs of a text in lower case, and forgets those of the text before. */
export function noteGrams(grams: Grams, lower: string): void {
  grams.fill(0);
  let units = 0;
  const { length } = lower;
  for (let at = 0; at < length; at += 1) {
    units = (units << 8) | (unitAt(lower, at) & 255);
    const slot = slotOf(units);
    grams[slot >> 5] = (grams[slot >> 5] as number) | (1 << (slot & 31));
  }
}

/**
 * A test whether a text may hold one of the words, which are in lower case and have three units or more. It is never
 * wrong if it says no; use it only before a pattern that finds nothing without these words.
 */
export function anyOf(...words: string[]): (grams: Grams) => boolean {
  const runs = words.map(slotsOf);
  // The first run of a word is seldom there.
  const firsts = Int32Array.from(runs, ([first = 0]) => first);
  return (grams) => {
    for (let word = 0; word < firsts.length; word += 1)
      if (holds(grams, firsts[word] as number) && holdsAll(grams, runs[word] as number[])) return true;
    return false;
  };
}

function holdsAll(grams: Grams, slots: readonly number[]): boolean {
  for (let i = 1; i < slots.length; i += 1) if (!holds(grams, slots[i] as number)) return false;
  return true;
}

/** Whether the text may hold what starts at a place of another text, in any case; it is never wrong if it says no. */
export function mayStartAt(grams: Grams, text: string, at: number): boolean {
  let units = 0;
  for (let i = at; i < at + run; i += 1) {
    const unit = unitAt(text, i);
    if (!isLetterOrDigit(unit)) return true;
    // 32 is the bit of the case.
    units = (units << 8) | unit | 32;
  }
  return holds(grams, slotOf(units));
}

function isLetterOrDigit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57);
}

function slotsOf(word: string): number[] {
  let units = 0;
  return Array.from({ length: word.length }, (_, at) => {
    units = (units << 8) | (unitAt(word, at) & 255);
    return slotOf(units);
  }).slice(run - 1);
}

function holds(grams: Grams, slot: number): boolean {
  return (((grams[slot >> 5] as number) >>> (slot & 31)) & 1) === 1;
}

// Of the last three units: the fourth is shifted out.
function slotOf(units: number): number {
  return Math.imul(units << 8, 0x9e3779b1) >>> (32 - slotBits);
}
