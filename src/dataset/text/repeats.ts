// Finds loops in text: the same words one after another, or the same sentence again and again. Uses hashes, in linear time.
import { unitAt } from './unit-at.ts';

export interface Loop {
  /** UTF-16 units: where the repeated part first stands, and where it ends. */
  from: number;
  to: number;
  times: number;
}

export interface LoopLimits {
  /** How often words stand one after another. */
  times: number;
  /** How many words those make in all. */
  words: number;
  /** How often one sentence or line comes with nothing new in between. */
  sentences: number;
}

const budget = 1 << 13;
const shortestSentence = 40;

/** The words of a text as hashes, and its sentences. */
interface Words {
  hashes: number[];
  sentences: Sentence[];
  /** The first word that is too long to be one: it may be one character over and over. */
  longWord: { from: number; to: number } | null;
}

interface Sentence {
  hash: number;
  from: number;
  length: number;
}

// Units: 1 a word's, 2 the end of a sentence or line, 3 a word by itself (Han and kana), 0 between. A table for all: a
// call for the rare ones would make the loop over the others slow, too.
const kinds = new Uint8Array(0x10000);
kinds.fill(1, 0xc0, 0x2000).fill(3, 0x3040, 0xa000);
for (let code = 48; code < 58; code += 1) kinds[code] = 1;
for (let code = 97; code < 123; code += 1) {
  kinds[code] = 1;
  kinds[code - 32] = 1;
}
kinds[39] = 1;
for (const end of '\n.!?。！？') kinds[end.charCodeAt(0)] = 2;

/**
 * The first group of words that stands `times` times one after another, or the sentence that comes again and again. Words are
 * letters and digits, whatever their case. A text of more than some 8,000 words is judged by its start.
 */
export function findLoop(text: string, limits: LoopLimits): Loop | null {
  if (text.length < limits.words * 2) return null;
  const words = readWords(text);
  return (
    findRun(text, words) ??
    findRepeatedSentence(text, words.sentences, limits.sentences) ??
    findRepeatedWords(text, words.hashes, limits)
  );
}

function findRun(text: string, { longWord }: Words): Loop | null {
  if (!longWord) return null;
  // From its middle outwards: what stands before the run may be part of the same word.
  const middle = (longWord.from + longWord.to) >> 1;
  const sign = unitAt(text, middle);
  let from = middle;
  while (from > longWord.from && unitAt(text, from - 1) === sign) from -= 1;
  let to = middle;
  while (to < longWord.to && unitAt(text, to) === sign) to += 1;
  return to - from < longestWord / 2 ? null : { from, to: from + 1, times: to - from };
}

const longestWord = 200;

// `places`, if given, gets start and end of each word: only a loop that was found needs them.
function readWords(text: string, places?: number[]): Words {
  const words: Words = { hashes: [], sentences: [], longWord: null };
  const { hashes, sentences } = words;
  let sentence = 0;
  let from = 0;
  let letters = false;
  const { length } = text;
  for (let at = 0; at <= length && hashes.length < budget - 1; at += 1) {
    const start = at;
    let code = at < length ? unitAt(text, at) : 10;
    let kind = kinds[code] as number;
    let hash = 0;
    while (kind === 1) {
      letters ||= code > 57;
      // 32 is the bit of the case.
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
      at += 1;
      code = at < length ? unitAt(text, at) : 10;
      kind = kinds[code] as number;
    }
    if (at > start) {
      hashes.push(hash);
      places?.push(start, at);
      if (at - start >= longestWord) words.longWord ??= { from: start, to: at };
      sentence = (Math.imul(sentence, 0x01000193) ^ hash) | 0;
    }
    if (kind === 3) {
      letters = true;
      hashes.push(code);
      places?.push(at, at + 1);
      sentence = (Math.imul(sentence, 0x01000193) ^ code) | 0;
    } else if (kind === 2) {
      // The number of a list item is not a sentence.
      if (letters) sentences.push({ hash: sentence, from, length: at - from });
      sentence = 0;
      letters = false;
      from = at + 1;
    }
  }
  return words;
}

// A scale under each question of a poll comes again and again, too; but something new stands in between.
function findRepeatedSentence(text: string, sentences: readonly Sentence[], times: number): Loop | null {
  if (sentences.length < times) return null;
  // Stretches are divided by new sentences; `again` counts within one.
  const known = new Map<number, { first: Sentence; times: number; stretch: number; again: number }>();
  let stretch = 1;
  for (const [i, sentence] of sentences.entries()) {
    const seen = known.get(sentence.hash);
    if (!seen) {
      known.set(sentence.hash, { first: sentence, times: 1, stretch: 0, again: 0 });
      stretch += 1;
      continue;
    }
    seen.times += 1;
    if (sentence.length < shortestSentence) continue;
    if (seen.stretch !== stretch) {
      seen.stretch = stretch;
      seen.again = 0;
    }
    seen.again += 1;
    if (seen.again < times - 1) continue;
    const rest = sentences.slice(i + 1).filter(({ hash }) => hash === sentence.hash).length;
    let { from } = seen.first;
    while (unitAt(text, from) <= 32) from += 1;
    let to = from;
    while (to < text.length && kinds[unitAt(text, to)] !== 2) to += 1;
    return { from, to, times: seen.times + rest };
  }
  return null;
}

const longestPeriod = 60;

function findRepeatedWords(
  text: string,
  hashes: readonly number[],
  { times, words: least }: LoopLimits,
): Loop | null {
  const { length } = hashes;
  if (length < least || repeatsLittle(hashes, least, times) || !repeatsTriple(hashes, times)) return null;
  for (let period = 1; period <= longestPeriod && period * times <= length; period += 1) {
    const wanted = Math.max(period * times, least);
    let run = period;
    for (let i = period; i < length; i += 1) {
      run = hashes[i] === hashes[i - period] ? run + 1 : period;
      if (run < wanted) continue;
      let end = i;
      while (end + 1 < length && hashes[end + 1] === hashes[end + 1 - period]) end += 1;
      const first = i - run + 1;
      const places: number[] = [];
      readWords(text, places);
      return {
        from: places[first * 2] as number,
        to: places[(first + period) * 2 - 1] as number,
        times: Math.floor((end - first + 1) / period),
      };
    }
  }
  return null;
}

// The cheapest test: a loop of r words has at most r / times different triples of words, hence r - 2 - r / times that
// came before. A bit a triple: two with the same bit only make it pass.
function repeatsLittle(hashes: readonly number[], least: number, times: number): boolean {
  const needed = Math.floor(least * (1 - 1 / times)) - 2;
  if (needed < 1 || hashes.length > 1024) return false;
  const bits = new Int32Array(256);
  let again = 0;
  for (let i = 2; i < hashes.length; i += 1) {
    const hash = tripleHash(hashes, i);
    const slot = (hash ^ (hash >>> 15)) & 8191;
    const known = bits[slot >> 5] as number;
    again += (known >>> (slot & 31)) & 1;
    bits[slot >> 5] = known | (1 << (slot & 31));
  }
  return again < needed;
}

// Of the word and the two before it.
function tripleHash(hashes: readonly number[], at: number): number {
  const two = Math.imul(hashes[at - 2] as number, 0x01000193) ^ (hashes[at - 1] as number);
  return (Math.imul(two, 0x01000193) ^ (hashes[at] as number)) | 0;
}

// The next test: some three words come often enough at all.
function repeatsTriple(hashes: readonly number[], times: number): boolean {
  const counts = new Map<number, number>();
  for (let i = 2; i < hashes.length; i += 1) {
    const hash = tripleHash(hashes, i);
    const count = (counts.get(hash) ?? 0) + 1;
    if (count >= times - 1) return true;
    counts.set(hash, count);
  }
  return false;
}
