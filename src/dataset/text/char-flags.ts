// Finds the kinds of characters in a text in one pass, so that expensive tests run only if they can find something.

import { unitAt } from './unit-at.ts';

/** A bit for each kind of character. */
export const has = {
  digit: 1 << 0,
  at: 1 << 1,
  less: 1 << 2,
  brace: 1 << 3,
  bracket: 1 << 4,
  percent: 1 << 5,
  backslash: 1 << 6,
  ampersand: 1 << 7,
  backtick: 1 << 8,
  newline: 1 << 9,
  return: 1 << 10,
  /** C0 but tab, newline, return and NUL; DEL; C1. */
  control: 1 << 11,
  colon: 1 << 12,
  equals: 1 << 13,
  /** a–z, A–Z. */
  latin: 1 << 14,
  /** U+00A1 to U+024F: accented Latin letters and their neighbours. */
  latinExtended: 1 << 15,
  cyrillic: 1 << 16,
  greek: 1 << 17,
  /** Han, kana, hangul and their punctuation. */
  eastAsian: 1 << 18,
  /** Any other letters: Arabic, Hebrew, Thai, Devanagari … */
  otherScript: 1 << 19,
  /** Zero-width characters, the byte-order mark, soft hyphens, direction marks. */
  invisible: 1 << 20,
  /** Spaces other than U+0020 and U+3000, and the line separators U+2028 and U+2029. */
  oddSpace: 1 << 21,
  pipe: 1 << 22,
  hash: 1 << 23,
  open: 1 << 24,
  dash: 1 << 25,
  star: 1 << 26,
  /** U+2010 to U+2BFF and what is above the BMP: typographic signs, symbols, emoji. */
  symbol: 1 << 27,
  slash: 1 << 28,
} as const;

// Signed: the engine adds these up without a detour through doubles.
const flagsOfUnit = new Int32Array(0x10000);
// From, up to and without, what; a later range goes over an earlier one.
const ranges: [number, number, number][] = [
  [0x80, 0xa0, has.control],
  [0xa0, 0xa1, has.oddSpace],
  [0xa1, 0x250, has.latinExtended],
  [0xad, 0xae, has.invisible],
  [0x370, 0x400, has.greek],
  [0x400, 0x530, has.cyrillic],
  [0x530, 0x2000, has.otherScript],
  [0x1e00, 0x1f00, has.latinExtended],
  // General punctuation and symbols.
  [0x2000, 0x200b, has.oddSpace],
  [0x200b, 0x2010, has.invisible],
  [0x2010, 0x2e80, has.symbol],
  [0x2028, 0x202a, has.oddSpace],
  [0x202a, 0x202f, has.invisible],
  [0x202f, 0x2030, has.oddSpace],
  [0x205f, 0x2060, has.oddSpace],
  [0x2060, 0x206a, has.invisible],
  [0x2e80, 0x10000, has.otherScript],
  [0x2e80, 0xa4d0, has.eastAsian],
  [0xac00, 0xd7b0, has.eastAsian],
  [0xd800, 0xe000, has.symbol],
  [0xf900, 0xfb00, has.eastAsian],
  [0xfeff, 0xff00, has.invisible],
  [0xff00, 0x10000, has.eastAsian],
];
for (const [from, to, flag] of ranges) flagsOfUnit.fill(flag, from, to);
for (let code = 1; code < 32; code += 1)
  if (code !== 9 && code !== 10 && code !== 13) flagsOfUnit[code] = has.control;
flagsOfUnit[127] = has.control;
flagsOfUnit[10] = has.newline;
flagsOfUnit[13] = has.return;
for (let code = 48; code < 58; code += 1) flagsOfUnit[code] = has.digit;
for (let code = 65; code < 91; code += 1) {
  flagsOfUnit[code] = has.latin;
  flagsOfUnit[code + 32] = has.latin;
}
const signs: [string, number][] = [
  ['@', has.at],
  ['<', has.less],
  ['{', has.brace],
  ['[', has.bracket],
  ['%', has.percent],
  ['\\', has.backslash],
  ['&', has.ampersand],
  ['`', has.backtick],
  [':', has.colon],
  ['=', has.equals],
  ['|', has.pipe],
  ['#', has.hash],
  ['(', has.open],
  ['-', has.dash],
  ['*', has.star],
  ['/', has.slash],
];
for (const [sign, bit] of signs) flagsOfUnit[sign.charCodeAt(0)] = bit;

/** The kinds of characters in `text`, as bits of `has`. */
export function flagsOf(text: string): number {
  let flags = 0;
  const { length } = text;
  // A table for all: a call for the rare units would make this loop five times as slow for the others, too.
  for (let i = 0; i < length; i += 1) flags |= flagsOfUnit[unitAt(text, i)] as number;
  return flags;
}
