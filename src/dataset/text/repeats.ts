// Loops in text: the same words one after another, or the same sentence over and over. Hashes only, in linear time.

export interface Loop {
  /** UTF-16 units: where the repeated part first stands, and where it ends. */
  from: number;
  to: number;
  times: number;
}

const size = 1 << 14;
const budget = size / 2;
// One table for all texts; `stamp` tells the entries of this text from those of earlier ones.
const hashes = new Int32Array(size);
const counts = new Int32Array(size);
const firsts = new Int32Array(size);
const stamps = new Int32Array(size);
let stamp = 0;

// Counts a hash; returns its slot. The caller keeps below `budget` entries a text.
function count(hash: number, at: number): number {
  let slot = (hash ^ (hash >>> 15)) & (size - 1);
  while (stamps[slot] === stamp && hashes[slot] !== hash) slot = (slot + 1) & (size - 1);
  if (stamps[slot] === stamp) counts[slot] = (counts[slot] as number) + 1;
  else {
    stamps[slot] = stamp;
    hashes[slot] = hash;
    counts[slot] = 1;
    firsts[slot] = at;
  }
  return slot;
}

const words = new Int32Array(budget);
const starts = new Int32Array(budget);
const ends = new Int32Array(budget);

// Words are letters and digits, whatever their case; returns how many there are.
function readWords(text: string): number {
  let size = 0;
  let hash = 0;
  let start = -1;
  for (let at = 0; at <= text.length && size < budget; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    if (code >= 0x3040 && code < 0xa000) {
      // Han and kana have no spaces: each is a word.
      if (start >= 0) size = addWord(size, hash, start, at);
      if (size < budget) size = addWord(size, code, at, at + 1);
      hash = 0;
      start = -1;
    } else if (isWord(code)) {
      if (start < 0) start = at;
      // 32 is the bit of the case.
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
    } else if (start >= 0) {
      size = addWord(size, hash, start, at);
      hash = 0;
      start = -1;
    }
  }
  return size;
}

function addWord(size: number, hash: number, start: number, end: number): number {
  words[size] = hash;
  starts[size] = start;
  ends[size] = end;
  return size + 1;
}

const gram = 3;
const longestPeriod = 60;

/**
 * The first group of words that comes at least `times` times with nothing between, and makes at least `least` words in
 * all. A text of more than some 8,000 words is judged by its start.
 */
export function findLoop(text: string, times: number, least: number): Loop | null {
  if (text.length < least * 2) return null;
  const size = readWords(text);
  if (size < least || !repeatsGram(size, times)) return null;
  for (let period = 1; period <= longestPeriod && period * times <= size; period += 1) {
    const wanted = Math.max(period * times, least);
    let run = period;
    for (let i = period; i < size; i += 1) {
      run = words[i] === words[i - period] ? run + 1 : period;
      if (run < wanted) continue;
      let end = i;
      while (end + 1 < size && words[end + 1] === words[end + 1 - period]) end += 1;
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

// The cheap test: some three words come that often at all.
function repeatsGram(size: number, times: number): boolean {
  stamp += 1;
  for (let i = gram - 1; i < size; i += 1) {
    let hash = 7;
    for (let k = 0; k < gram; k += 1) hash = (Math.imul(hash, 0x01000193) ^ (words[i - k] as number)) | 0;
    if ((counts[count(hash, i)] as number) >= times - 1) return true;
  }
  return false;
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    (code >= 0xc0 && code < 0x2000) ||
    code === 39
  );
}

/** The line or sentence, of at least `least` units, that comes most often, if at least `times`. */
export function findRepeatedSentence(text: string, least: number, times: number): Loop | null {
  if (text.length < least * times) return null;
  stamp += 1;
  let entries = 0;
  let best = -1;
  let from = 0;
  let hash = 0;
  for (let at = 0; at <= text.length && entries < budget; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 10;
    if (!endsSentence(code)) {
      if (code > 32) hash = (Math.imul(hash, 31) + code) | 0;
      else if (at === from) from = at + 1;
      continue;
    }
    if (at - from >= least) {
      const slot = count(hash, from);
      if (counts[slot] === 1) entries += 1;
      if (best < 0 || (counts[slot] as number) > (counts[best] as number)) best = slot;
    }
    from = at + 1;
    hash = 0;
  }
  if (best < 0 || (counts[best] as number) < times) return null;
  const start = firsts[best] as number;
  let end = start;
  while (end < text.length && !endsSentence(text.charCodeAt(end))) end += 1;
  return { from: start, to: end, times: counts[best] as number };
}

// . ! ? and line breaks, and the full-width ones.
function endsSentence(code: number): boolean {
  return (
    code === 10 ||
    code === 46 ||
    code === 33 ||
    code === 63 ||
    code === 0x3002 ||
    code === 0xff01 ||
    code === 0xff1f
  );
}
