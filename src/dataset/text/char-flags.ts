// Which kinds of characters a text holds, found in one pass: the cheap test that guards the dear ones.

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
const flagsOfUnit = Int32Array.from({ length: 0x10000 }, (_, code) => (code < 128 ? 0 : wideFlag(code)));
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
for (const [sign, bit] of signs) flagsOfUnit[unitAt(sign, 0)] = bit;

/** The kinds of characters in `text`, as bits of `has`. */
export function flagsOf(text: string): number {
  let flags = 0;
  const { length } = text;
  // A table for all: a call for the rare units would make this loop five times as slow for the others, too.
  for (let i = 0; i < length; i += 1) flags |= flagsOfUnit[unitAt(text, i)] as number;
  return flags;
}

function wideFlag(code: number): number {
  if (code < 0x250) {
    if (code < 0xa0) return has.control;
    if (code === 0xa0) return has.oddSpace;
    return code === 0xad ? has.invisible : has.latinExtended;
  }
  if (code < 0x2000) {
    if (code >= 0x400 && code < 0x530) return has.cyrillic;
    if (code >= 0x370 && code < 0x400) return has.greek;
    if (code >= 0x1e00 && code < 0x1f00) return has.latinExtended;
    return code >= 0x530 ? has.otherScript : 0;
  }
  if (code < 0x2e80) return signFlag(code);
  if (code < 0xa4d0 || (code >= 0xac00 && code < 0xd7b0)) return has.eastAsian;
  if (code >= 0xd800 && code < 0xe000) return has.symbol;
  if (code === 0xfeff) return has.invisible;
  return code >= 0xf900 && code < 0xfb00 ? has.eastAsian : code >= 0xff00 ? has.eastAsian : has.otherScript;
}

// General punctuation and symbols.
function signFlag(code: number): number {
  if (code <= 0x200a || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f)
    return has.oddSpace;
  if (code < 0x2010 || (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069))
    return has.invisible;
  return has.symbol;
}
