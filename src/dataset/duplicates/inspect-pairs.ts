// Compares the rows of candidate pairs: exact similarity by words, and which fields agree.
import type { Example, RowPlace } from '../example.ts';
import { duplicateKey } from './duplicate-key.ts';
import { createOverlapCounter, createWordTable, type Overlap } from './exact-overlap.ts';
import type { Candidates, Side } from './find-candidates.ts';
import type { Key } from './murmur3.ts';
import { type Ratio, reaches } from './ratio.ts';
import { type CompareKey, eachRowText, type RowFields, rowFields, rowTexts } from './row-texts.ts';
import { type ShownTexts, shownTexts } from './shown-texts.ts';
import { joinWords, type Unit, wordless } from './words.ts';

/** What is known about a row in a pair. */
export interface RowFacts {
  side: Side;
  place: RowPlace;
  /** UTF-16 units of its texts. */
  length: number;
  /** Number of findings in it. */
  findings: number;
  /** Shared by all rows with the same prompt and answer. */
  fields: RowFields;
  duplicateKey: Key;
  /** Texts for display; null if too much text is already kept. */
  texts: ShownTexts | null;
}

/** Rows with exactly the same shingles. */
interface ExactSet {
  /** In the order of the rows. */
  rows: RowFacts[];
}

interface SetPair extends Overlap {
  /** Positions in `sets`. */
  a: number;
  b: number;
}

export interface InspectedPairs {
  /** Sets of several rows, and those in `pairs`. */
  sets: ExactSet[];
  pairs: SetPair[];
}

export interface InspectOptions {
  n: number;
  unit: Unit;
  key: CompareKey;
  ratio: Ratio;
}

/** One row to compare. */
export interface NearRow {
  example: Example;
  place: RowPlace;
  side: Side;
  /** Number of findings of the row, for `keep: best`. */
  findings: number;
}

export interface PairInspector {
  /** Whether the row with this number is needed. */
  wants(row: number): boolean;
  /** How many rows are still missing. */
  left(): number;
  /** Adds a needed row; a row that is not an example is never added. */
  add(row: NearRow): void;
  finish(): InspectedPairs;
}

// The most text to keep for display, in UTF-16 units.
const textBudget = 8_000_000;

/** Compares the rows of `candidates`. */
export function createPairInspector(candidates: Candidates, options: InspectOptions): PairInspector {
  const { n, unit, key, ratio } = options;
  const overlapOf = createOverlapCounter(n);
  const numberWords = createWordTable().number;
  const intern = createFieldTable();
  const classOf = new Map<number, number>();
  candidates.classes.forEach((members, at) => {
    for (const member of members) classOf.set(member, at);
  });
  // A class is nearly always one set; it is more if different shingles have the same 32 bits.
  const sets = candidates.classes.map(() => [] as WordedSet[]);
  let left = classOf.size;
  let held = 0;

  const overlap = (a: WordedSet, b: WordedSet): Overlap =>
    a.words === b.words
      ? { shared: 1, union: 1 }
      : overlapOf(numberWords(a.words.split(' ')), numberWords(b.words.split(' ')));
  const place = (facts: RowFacts, words: string, list: WordedSet[]): void => {
    const own = { rows: [facts], words };
    const equal = list.find((set) => {
      const { shared, union } = overlap(set, own);
      return shared === union;
    });
    if (equal) equal.rows.push(facts);
    else list.push(own);
  };

  return {
    wants: (row) => classOf.has(row),
    left: () => left,
    add({ example, place: at, side, findings }) {
      left -= 1;
      let length = 0;
      let words = '';
      eachRowText(example, key, (text) => {
        const more = joinWords(text, unit);
        words += words === '' || more === '' ? more : ` ${more}`;
      });
      eachRowText(example, 'row', (text) => {
        length += text.length;
      });
      held += length;
      const facts: RowFacts = {
        side,
        place: at,
        length,
        findings,
        fields: intern(rowFields(example)),
        duplicateKey: duplicateKey(example),
        texts: held > textBudget ? null : shownTexts(example),
      };
      // A text without words has no spaces either: see wordless.
      if (words === '') words = wordless(rowTexts(example, key).join(' ')).replaceAll(' ', '\u00a0');
      place(facts, words, sets[classOf.get(at.row) ?? 0] ?? []);
    },
    finish() {
      const all = sets.flat();
      const numbers = new Map(all.map((set, i) => [set, i]));
      const pairs: SetPair[] = [];
      const compare = (a: WordedSet, b: WordedSet): void => {
        const { shared, union } = overlap(a, b);
        if (reaches(ratio, shared, union))
          pairs.push({ a: numbers.get(a) ?? 0, b: numbers.get(b) ?? 0, shared, union });
      };
      for (const list of sets)
        list.forEach((a, i) => {
          for (const b of list.slice(i + 1)) compare(a, b);
        });
      for (let i = 0; i < candidates.pairs.length; i += 2)
        for (const a of sets[candidates.pairs[i] as number] ?? [])
          for (const b of sets[candidates.pairs[i + 1] as number] ?? []) compare(a, b);
      return { sets: all, pairs };
    },
  };
}

interface WordedSet extends ExactSet {
  /** Words of the first row, joined by spaces. */
  words: string;
}

// Use one object for equal fields, so that they are compared once.
function createFieldTable(): (fields: RowFields) => RowFields {
  const prompts = new Map<string, Map<string, RowFields>>();
  return (fields) => {
    let answers = prompts.get(fields.prompt);
    if (!answers) {
      answers = new Map();
      prompts.set(fields.prompt, answers);
    }
    const known = answers.get(fields.answer);
    if (known) return known;
    answers.set(fields.answer, fields);
    return fields;
  };
}
