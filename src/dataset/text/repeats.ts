// Loops in text: the same words one after another, or the same sentence over and over. Hashes only, in linear time.
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

// What is known of the text at hand; overwritten by the next.
const words = new Int32Array(budget);
const starts = new Int32Array(budget);
const ends = new Int32Array(budget);
const sentences = new Int32Array(budget);
const sentenceStarts = new Int32Array(budget);
const sentenceLengths = new Int32Array(budget);
let wordCount = 0;
let sentenceCount = 0;

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
  readWords(text);
  return findRun(text) ?? findRepeatedSentence(text, limits.sentences) ?? findRepeatedWords(limits);
}

function findRun(text: string): Loop | null {
  if (runStart < 0) return null;
  // From its middle outwards: what stands before the run may be part of the same word.
  const middle = (runStart + runEnd) >> 1;
  const sign = unitAt(text, middle);
  let from = middle;
  while (from > runStart && unitAt(text, from - 1) === sign) from -= 1;
  let to = middle;
  while (to < runEnd && unitAt(text, to) === sign) to += 1;
  return to - from < longestWord / 2 ? null : { from, to: from + 1, times: to - from };
}

function readWords(text: string): void {
  wordCount = 0;
  sentenceCount = 0;
  runStart = -1;
  let sentence = 0;
  let from = 0;
  let letters = false;
  const { length } = text;
  for (let at = 0; at <= length && wordCount < budget - 1; at += 1) {
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
      addWord(hash, start, at);
      sentence = (Math.imul(sentence, 0x01000193) ^ hash) | 0;
    }
    if (kind === 3) {
      letters = true;
      addWord(code, at, at + 1);
      sentence = (Math.imul(sentence, 0x01000193) ^ code) | 0;
    } else if (kind === 2) {
      // The number of a list item is not a sentence.
      if (letters) {
        sentences[sentenceCount] = sentence;
        sentenceStarts[sentenceCount] = from;
        sentenceLengths[sentenceCount] = at - from;
        sentenceCount += 1;
      }
      sentence = 0;
      letters = false;
      from = at + 1;
    }
  }
}

// The first word that is too long to be one: it may be one character over and over.
const longestWord = 200;
let runStart = -1;
let runEnd = -1;

function addWord(hash: number, start: number, end: number): void {
  words[wordCount] = hash;
  starts[wordCount] = start;
  ends[wordCount] = end;
  wordCount += 1;
  if (end - start < longestWord || runStart >= 0) return;
  runStart = start;
  runEnd = end;
}

// A scale under each question of a poll comes again and again, too; but something new stands in between.
function findRepeatedSentence(text: string, times: number): Loop | null {
  if (sentenceCount < times) return null;
  startTable(sentenceCount);
  let stretch = 1;
  stretches.fill(0, 0, mask + 1);
  for (let i = 0; i < sentenceCount; i += 1) {
    const slot = count(sentences[i] as number, i);
    if (counts[slot] === 1) stretch += 1;
    if (counts[slot] === 1 || (sentenceLengths[i] as number) < shortestSentence) continue;
    if (stretches[slot] !== stretch) {
      stretches[slot] = stretch;
      againCounts[slot] = 0;
    }
    againCounts[slot] = (againCounts[slot] as number) + 1;
    if ((againCounts[slot] as number) < times - 1) continue;
    // All of them: the rest is counted too.
    for (let rest = i + 1; rest < sentenceCount; rest += 1)
      if (sentences[rest] === sentences[i]) counts[slot] = (counts[slot] as number) + 1;
    let from = sentenceStarts[firsts[slot] as number] as number;
    while (unitAt(text, from) <= 32) from += 1;
    let to = from;
    while (to < text.length && kindAt(text, to) !== 2) to += 1;
    return { from, to, times: counts[slot] as number };
  }
  return null;
}

function kindAt(text: string, at: number): number {
  return kinds[unitAt(text, at)] as number;
}

const longestPeriod = 60;

function findRepeatedWords({ times, words: least }: LoopLimits): Loop | null {
  if (wordCount < least || repeatsLittle(least, times) || !repeatsGram(times)) return null;
  for (let period = 1; period <= longestPeriod && period * times <= wordCount; period += 1) {
    const wanted = Math.max(period * times, least);
    let run = period;
    for (let i = period; i < wordCount; i += 1) {
      run = words[i] === words[i - period] ? run + 1 : period;
      if (run < wanted) continue;
      let end = i;
      while (end + 1 < wordCount && words[end + 1] === words[end + 1 - period]) end += 1;
      const first = i - run + 1;
      return {
        from: starts[first] as number,
        to: ends[first + period - 1] as number,
        times: Math.floor((end - first + 1) / period),
      };
    }
  }
  return null;
}

const bits = new Int32Array(256);

// The cheapest test: a loop of r words has at most r / times different triples of words, hence r - 2 - r / times that
// came before. A bit a triple: two with the same bit only make it pass.
function repeatsLittle(least: number, times: number): boolean {
  const needed = Math.floor(least * (1 - 1 / times)) - 2;
  if (needed < 1 || wordCount > 1024) return false;
  bits.fill(0);
  let again = 0;
  for (let i = 2; i < wordCount; i += 1) {
    const hash = tripleHash(i);
    const slot = (hash ^ (hash >>> 15)) & 8191;
    const known = bits[slot >> 5] as number;
    again += (known >>> (slot & 31)) & 1;
    bits[slot >> 5] = known | (1 << (slot & 31));
  }
  return again < needed;
}

// Of the word and the two before it.
function tripleHash(at: number): number {
  const two = Math.imul(words[at - 2] as number, 0x01000193) ^ (words[at - 1] as number);
  return (Math.imul(two, 0x01000193) ^ (words[at] as number)) | 0;
}

// The next test: some three words come often enough at all.
function repeatsGram(times: number): boolean {
  startTable(wordCount);
  for (let i = 2; i < wordCount; i += 1) {
    if ((counts[count(tripleHash(i), i)] as number) >= times - 1) return true;
  }
  return false;
}

const size = 1 << 14;
// One table for all texts; `stamp` tells the entries of this use from those of earlier ones.
const hashes = new Int32Array(size);
const counts = new Int32Array(size);
const firsts = new Int32Array(size);
const stamps = new Int32Array(size);
// Of repeated sentences: the stretch without a new one in which each last came, and how often it came there.
const stretches = new Int32Array(size);
const againCounts = new Int32Array(size);
let stamp = 0;
let mask = size - 1;

// Few entries use the start of the table only, which stays in the processor's nearest memory.
function startTable(entries: number): void {
  stamp += 1;
  mask = Math.min(size, Math.max(256, 1 << (34 - Math.clz32(entries)))) - 1;
}

// Counts a hash; returns its slot.
function count(hash: number, at: number): number {
  let slot = (hash ^ (hash >>> 15)) & mask;
  while (stamps[slot] === stamp && hashes[slot] !== hash) slot = (slot + 1) & mask;
  if (stamps[slot] === stamp) counts[slot] = (counts[slot] as number) + 1;
  else {
    stamps[slot] = stamp;
    hashes[slot] = hash;
    counts[slot] = 1;
    firsts[slot] = at;
  }
  return slot;
}
