// Loops in text: the same words, or the same sentence, over and over. One pass, hashes only, no memory of its own a row.

export interface Loop {
  /** UTF-16 units: where the repeated part first stands, and where it ends. */
  from: number;
  to: number;
  times: number;
}

const size = 1 << 14;
// Open addressing by hash; `stamp` tells entries of this text from those of earlier ones.
const hashes = new Int32Array(size);
const counts = new Int32Array(size);
const firsts = new Int32Array(size);
const stamps = new Int32Array(size);
let stamp = 0;
const budget = size / 2;

function startTable(): void {
  stamp += 1;
}

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

/**
 * The run of `n` words that comes most often, if at least `times` and as at least `share` of all words. Words are
 * letters and digits; a text of more than some 8,000 words is judged by its start.
 */
export function findLoop(text: string, n: number, times: number, share: number): Loop | null {
  if (text.length < n * times * 2) return null;
  startTable();
  const window = new Int32Array(n);
  const starts = new Int32Array(n);
  let words = 0;
  let best = -1;
  let hash = 0;
  let start = -1;
  for (let at = 0; at <= text.length && words < budget; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    if (isWord(code)) {
      if (start < 0) start = at;
      // Letters of one case: 32 sets the case bit.
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
      continue;
    }
    if (start < 0) continue;
    const place = words % n;
    window[place] = hash;
    starts[place] = start;
    words += 1;
    hash = 0;
    start = -1;
    if (words < n) continue;
    let gram = 7;
    for (let i = 0; i < n; i += 1)
      gram = (Math.imul(gram, 0x01000193) ^ (window[(words + i) % n] as number)) | 0;
    const slot = count(gram, starts[words % n] as number);
    if (best < 0 || (counts[slot] as number) > (counts[best] as number)) best = slot;
  }
  if (best < 0) return null;
  const found = counts[best] as number;
  if (found < times || found * n < share * words) return null;
  const from = firsts[best] as number;
  return { from, to: endOfWords(text, from, n), times: found };
}

function endOfWords(text: string, from: number, n: number): number {
  let at = from;
  for (let word = 0; word < n; word += 1) {
    while (at < text.length && !isWord(text.charCodeAt(at))) at += 1;
    while (at < text.length && isWord(text.charCodeAt(at))) at += 1;
  }
  return at;
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
  startTable();
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
