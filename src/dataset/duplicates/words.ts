// The reference definition of words for near-duplicates; every faster path must agree with it.

/**
 * The units of a shingle. `words`: runs of letters and digits. `auto`: the same, but in scripts that do not put spaces
 * between words (Han, kana, Thai, Lao, Khmer, Myanmar) each character is a word. `characters`: each letter or digit is.
 */
export type Unit = 'auto' | 'words' | 'characters';

/** A character of a script without spaces between words, as the source of a regular expression. */
export const unspaced =
  '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}]';
const run = /[\p{L}\p{N}]+/gu;
const character = /[\p{L}\p{N}]/gu;
const runOrCharacter = new RegExp(`(?=[\\p{L}\\p{N}])${unspaced}|(?:(?!${unspaced})[\\p{L}\\p{N}])+`, 'gu');
const single = new RegExp(`^${unspaced}$`, 'u');
const wordCharacter = /^[\p{L}\p{N}]$/u;

/** The words of a text, in order: Unicode NFKC, lower case, then cut. */
export function wordsOf(text: string, unit: Unit): string[] {
  const pattern = { auto: runOrCharacter, words: run, characters: character }[unit];
  return normalForm(text).match(pattern) ?? [];
}

/** The words joined by spaces; faster if the text is ASCII. */
export function joinWords(text: string, unit: Unit): string {
  return unit !== 'characters' && isAscii(text)
    ? text.toLowerCase().replace(asciiGap, ' ').trim()
    : wordsOf(text, unit).join(' ');
}

const asciiGap = /[^a-z0-9]+/g;
const beyondAscii = /[^\0-\x7f]/;

/** Whether the text is plain ASCII, which normalisation does not change. */
function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

/** The form in which texts are cut into words. */
export function normalForm(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Represents a text without any word: the text in normal form, with white space folded. */
export function wordless(text: string): string {
  return normalForm(text).replace(/\s+/g, ' ').trim();
}

/** Whether a character of the normal form belongs to a word. */
export function inWord(char: string): boolean {
  return wordCharacter.test(char);
}

/** Whether a character of a word is a word by itself. */
export function standsAlone(char: string, unit: Unit): boolean {
  return unit === 'characters' || (unit === 'auto' && single.test(char));
}
