// A hash for tables of many texts: fast and well mixed, but not safe against chosen inputs.
import { unitAt } from '../text/unit-at.ts';

const result = new Int32Array(2);

/** 64 bits over the texts and their boundaries, as two 32-bit numbers; valid until the next call. */
export function hashTexts(texts: readonly string[]): Int32Array {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (const text of texts) {
    const even = text.length & ~1;
    for (let i = 0; i < even; i += 2) {
      const pair = unitAt(text, i) | (unitAt(text, i + 1) << 16);
      a = Math.imul(a ^ pair, 0x9e3779b1);
      b = Math.imul(b ^ pair ^ (a >>> 15), 0x5f356495);
    }
    if (even < text.length) a = Math.imul(a ^ unitAt(text, even), 0x9e3779b1);
    b = Math.imul(b ^ text.length ^ (a >>> 15), 0x5f356495);
  }
  // Mixes the two lanes with each other, like the finaliser of MurmurHash3.
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  result[0] = a;
  result[1] = b;
  return result;
}

/** The same as 8 latin-1 characters, a short string to send between threads. */
export function hashString(texts: readonly string[]): string {
  const [a = 0, b = 0] = hashTexts(texts);
  return String.fromCharCode(
    a & 255,
    (a >>> 8) & 255,
    (a >>> 16) & 255,
    a >>> 24,
    b & 255,
    (b >>> 8) & 255,
    (b >>> 16) & 255,
    b >>> 24,
  );
}
