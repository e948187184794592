// The role of each UTF-16 unit of a raw text in words, computed once from the engine's Unicode tables.
import { inWord, standsAlone, type Unit } from './words.ts';

/** Not classified yet. */
export const unknown = 0;
/** Ends a word. */
export const gap = 1;
/** A word by itself, unchanged. */
export const alone = 2;
/** Half of a pair: see `pairs`. */
export const half = 3;
/** The text must first be normalised as a whole. Any larger value is the lower-case unit of a word's character. */
export const hard = 4;

export interface CharacterClasses {
  /** Class by UTF-16 unit; `unknown` until `classify` is called. */
  table: Uint16Array;
  classify(unit: number): number;
  /** The class of a code point from U+10000: `gap`, `alone`, `hard`, or 5 if it belongs to a word unchanged. */
  classifyPair(point: number): number;
}

// Marks join with the previous character. Vowels and final consonants of Hangul do too, and letters of Kirat Rai.
const joins = /[\p{M}\u1100-\u11ff\u{16d40}-\u{16d7f}]/u;

/** The classes for one unit. `normal`: for texts that are already in normal form. */
export function createClasses(unit: Unit, normal: boolean): CharacterClasses {
  const table = new Uint16Array(0x10000);
  const pairs = new Map<number, number>();

  const changes = (char: string): boolean => !normal && (joins.test(char) || char.normalize('NFKC') !== char);
  const classify = (code: number): number => {
    const char = String.fromCharCode(code);
    if (code >= 0xd800 && code <= 0xdfff) return half;
    const composed = normal ? char : char.normalize('NFKC');
    if (!normal && joins.test(composed)) return hard;
    // Full-width and small forms of punctuation end a word like the plain forms.
    if (![...composed].some(inWord)) return gap;
    const lower = normal ? char : composed.toLowerCase();
    // The small form of capital sigma depends on its neighbours.
    if (composed.length !== 1 || lower.length !== 1 || (!normal && composed === 'Σ')) return hard;
    if (!inWord(lower)) return gap;
    if (!standsAlone(lower, unit)) return lower.charCodeAt(0);
    return lower === char ? alone : hard;
  };
  for (let code = 0; code < 0x80; code += 1) table[code] = classify(code);
  return {
    table,
    classify(code) {
      const found = classify(code);
      table[code] = found;
      return found;
    },
    classifyPair(point) {
      const known = pairs.get(point);
      if (known !== undefined) return known;
      const char = String.fromCodePoint(point);
      const found =
        changes(char) || (!normal && char.toLowerCase() !== char)
          ? hard
          : !inWord(char)
            ? gap
            : standsAlone(char, unit)
              ? alone
              : 5;
      pairs.set(point, found);
      return found;
    },
  };
}
