// Which script a text is written in, by its letters.
import { has } from '../text/char-flags.ts';
import { unitAt } from '../text/unit-at.ts';

const looked = 100;
const least = 10;
const dominant = 0.7;

const ranges: readonly (readonly [number, number, string])[] = [
  [0x41, 0x24f, 'Latin'],
  [0x370, 0x3ff, 'Greek'],
  [0x400, 0x52f, 'Cyrillic'],
  [0x531, 0x58f, 'Armenian'],
  [0x591, 0x5f4, 'Hebrew'],
  [0x600, 0x77f, 'Arabic'],
  [0x900, 0x97f, 'Devanagari'],
  [0x980, 0x9ff, 'Bengali'],
  [0xb80, 0xbff, 'Tamil'],
  [0xc00, 0xc7f, 'Telugu'],
  [0xe00, 0xe7f, 'Thai'],
  [0x10a0, 0x10ff, 'Georgian'],
  [0x1100, 0x11ff, 'Hangul'],
  [0x1e00, 0x1eff, 'Latin'],
  [0x3040, 0x30ff, 'Kana'],
  [0x3400, 0x4dbf, 'Han'],
  [0x4e00, 0x9fff, 'Han'],
  [0xac00, 0xd7af, 'Hangul'],
];
const names = [...new Set(ranges.map(([, , name]) => name))];
// Script of each UTF-16 unit as an index into `names` plus one; 0 for none.
const table = new Uint8Array(0x10000);
for (const [from, to, name] of ranges) table.fill(names.indexOf(name) + 1, from, to + 1);
// Between the Latin letters of ASCII and those with accents: signs.
table.fill(0, 0x5b, 0x61);
table.fill(0, 0x7b, 0xc0);
const counts = new Uint16Array(names.length + 1);
// One character of these scripts counts like several letters.
const wide = ['Kana', 'Han', 'Hangul'].map((name) => names.indexOf(name) + 1);
const latin = names.indexOf('Latin') + 1;
const kana = names.indexOf('Kana') + 1;
const han = names.indexOf('Han') + 1;

const beyondLatin = has.latinExtended | has.cyrillic | has.greek | has.eastAsian | has.otherScript;

// Whether ASCII text has enough letters.
function hasLetters(text: string, end: number): boolean {
  let found = 0;
  for (let at = 0; at < end; at += 1) {
    const unit = unitAt(text, at) | 32;
    if (unit >= 97 && unit <= 122) found += 1;
    if (found === least) return true;
  }
  return false;
}

/**
 * The script of most letters in the first 100 units, such as `Latin`, `Han`, `Japanese` (Han with kana); null if
 * there are fewer than 10 letters (5 of Han, kana or hangul), or no script has 70 % of the text. `flags`: bits of `has`,
 * of the text or of more.
 */
export function scriptOf(text: string, flags: number): string | null {
  const end = Math.min(text.length, looked);
  if ((flags & beyondLatin) === 0) return hasLetters(text, end) ? 'Latin' : null;
  counts.fill(0);
  let plain = 0;
  let others = 0;
  for (let i = 0; i < end; i += 1) {
    const unit = unitAt(text, i);
    const script = table[unit] ?? 0;
    if (script === latin) plain += 1;
    else if (script !== 0) {
      counts[script] = (counts[script] ?? 0) + 1;
      others += 1;
    }
  }
  counts[latin] = plain;
  let letters = plain + others;
  for (const script of wide) {
    letters += counts[script] ?? 0;
    counts[script] = (counts[script] ?? 0) * 2;
  }
  if (letters < least) return null;
  const together = (counts[kana] ?? 0) + (counts[han] ?? 0);
  if (together >= dominant * letters && (counts[kana] ?? 0) * 10 >= together) return 'Japanese';
  for (let script = 1; script < counts.length; script += 1)
    if ((counts[script] ?? 0) >= dominant * letters) return names[script - 1] ?? null;
  return null;
}
