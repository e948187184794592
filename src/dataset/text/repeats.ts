// Loops in text: the same words one after another, or the same sentence over and over. Hashes only, in linear time.

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
  /** How often one sentence or line comes. */
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
let wordCount = 0;
let sentenceCount = 0;

// Units: 1 a word's, 2 the end of a sentence or line, 0 between.
const kinds = new Uint8Array(128);
for (let code = 48; code < 58; code += 1) kinds[code] = 1;
for (let code = 97; code < 123; code += 1) {
  kinds[code] = 1;
  kinds[code - 32] = 1;
}
kinds[39] = 1;
for (const end of '\n.!?') kinds[end.charCodeAt(0)] = 2;

// 3 is a Han or kana character: a word by itself.
function wideKind(code: number): number {
  if (code === 0x3002 || code === 0xff01 || code === 0xff1f) return 2;
  if (code >= 0x3040 && code < 0xa000) return 3;
  return code >= 0xc0 && code < 0x2000 ? 1 : 0;
}

/**
 * The first group of words that stands `times` times one after another, or the sentence that comes too often. Words are
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
  const sign = text.charCodeAt(middle);
  let from = middle;
  while (from > runStart && text.charCodeAt(from - 1) === sign) from -= 1;
  let to = middle;
  while (to < runEnd && text.charCodeAt(to) === sign) to += 1;
  return to - from < longestWord / 2 ? null : { from, to: from + 1, times: to - from };
}

function readWords(text: string): void {
  wordCount = 0;
  sentenceCount = 0;
  runStart = -1;
  let hash = 0;
  let start = -1;
  let sentence = 0;
  let from = 0;
  for (let at = 0; at <= text.length && wordCount < budget - 1; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 10;
    const kind = code < 128 ? (kinds[code] as number) : wideKind(code);
    if (kind === 1) {
      if (start < 0) start = at;
      // 32 is the bit of the case.
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
      continue;
    }
    if (start >= 0) {
      addWord(hash, start, at);
      sentence = (Math.imul(sentence, 0x01000193) ^ hash) | 0;
      hash = 0;
      start = -1;
    }
    if (kind === 3) {
      addWord(code, at, at + 1);
      sentence = (Math.imul(sentence, 0x01000193) ^ code) | 0;
    } else if (kind === 2) {
      if (at - from >= shortestSentence) {
        sentences[sentenceCount] = sentence;
        sentenceStarts[sentenceCount] = from;
        sentenceCount += 1;
      }
      sentence = 0;
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

function findRepeatedSentence(text: string, times: number): Loop | null {
  if (sentenceCount < times) return null;
  startTable(sentenceCount);
  for (let i = 0; i < sentenceCount; i += 1) {
    const slot = count(sentences[i] as number, i);
    if ((counts[slot] as number) < times) continue;
    // All of them: the rest is counted too.
    for (let rest = i + 1; rest < sentenceCount; rest += 1)
      if (sentences[rest] === sentences[i]) counts[slot] = (counts[slot] as number) + 1;
    let from = sentenceStarts[firsts[slot] as number] as number;
    while (text.charCodeAt(from) <= 32) from += 1;
    let to = from;
    while (to < text.length && kindAt(text, to) !== 2) to += 1;
    return { from, to, times: counts[slot] as number };
  }
  return null;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (kinds[code] as number) : wideKind(code);
}

const longestPeriod = 60;

function findRepeatedWords({ times, words: least }: LoopLimits): Loop | null {
  if (wordCount < least || !repeatsGram(times)) return null;
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

// The cheap test: some three words come often enough at all.
function repeatsGram(times: number): boolean {
  startTable(wordCount);
  for (let i = 2; i < wordCount; i += 1) {
    const two = Math.imul(words[i - 2] as number, 0x01000193) ^ (words[i - 1] as number);
    const hash = (Math.imul(two, 0x01000193) ^ (words[i] as number)) | 0;
    if ((counts[count(hash, i)] as number) >= times - 1) return true;
  }
  return false;
}

const size = 1 << 14;
// One table for all texts; `stamp` tells the entries of this use from those of earlier ones.
const hashes = new Int32Array(size);
const counts = new Int32Array(size);
const firsts = new Int32Array(size);
const stamps = new Int32Array(size);
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
