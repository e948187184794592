// The rows of candidate pairs, looked at again: exact similarity by their words, and which fields of them agree.
import type { Example, RowPlace } from '../example.ts';
import { duplicateKey } from './duplicate-key.ts';
import { createOverlapCounter, createWordTable, type Overlap, type WordNumbers } from './exact-overlap.ts';
import type { Candidates, Side } from './find-candidates.ts';
import { type Ratio, reaches } from './ratio.ts';
import { type CompareKey, fieldKeys, rowTexts } from './row-texts.ts';
import { type Unit, wordless, wordsOf } from './words.ts';

/** What is known of a row that stands in a pair. */
export interface RowFacts {
  side: Side;
  place: RowPlace;
  /** UTF-16 units of its texts. */
  length: number;
  /** What checks found in it. */
  findings: number;
  /** Numbers that are equal where the field is. */
  prompt: number;
  answer: number;
  template: number;
  /** Of duplicate_key. */
  duplicateKey: number;
  /** For showing; null where too much text is held already. */
  texts: { prompt: string; answer: string } | null;
}

/** Rows that agree in their shingles, exactly. */
export interface ExactSet {
  /** In the order of the rows. */
  rows: RowFacts[];
}

export interface SetPair extends Overlap {
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
  /** How many findings the row has; `keep: best` asks. */
  findings: number;
}

export interface PairInspector {
  /** Whether the row of that number is to be handed in. */
  wants(row: number): boolean;
  /** How many rows are still to come. */
  left(): number;
  /** Takes a wanted row; one that is no example after all is simply not handed in. */
  add(row: NearRow): void;
  finish(): InspectedPairs;
}

// Texts held for showing, in UTF-16 units.
const textBudget = 8_000_000;

/** Looks at the rows of `candidates`. */
export function createPairInspector(candidates: Candidates, options: InspectOptions): PairInspector {
  const { n, unit, key, ratio } = options;
  const overlapOf = createOverlapCounter(n);
  const wordTable = createWordTable();
  const keyNumbers = new Map<string, number>();
  const seen = new Map<number, { facts: RowFacts; words: WordNumbers }>();
  const numberOf = (text: string): number => {
    const known = keyNumbers.get(text);
    if (known !== undefined) return known;
    keyNumbers.set(text, keyNumbers.size);
    return keyNumbers.size - 1;
  };
  const wanted = new Set<number>();
  for (const members of candidates.classes) for (const member of members) wanted.add(member);
  let held = 0;

  return {
    wants: (row) => wanted.has(row),
    left: () => wanted.size - seen.size,
    add({ example, place, side, findings }) {
      const texts = rowTexts(example, key);
      const words = texts.flatMap((text) => wordsOf(text, unit));
      if (words.length === 0) words.push(wordless(texts.join(' ')));
      const keys = fieldKeys(example);
      const length = rowTexts(example, 'row').reduce((sum, text) => sum + text.length, 0);
      held += length;
      const facts: RowFacts = {
        side,
        place,
        length,
        findings,
        prompt: numberOf(`p${keys.prompt}`),
        answer: numberOf(`a${keys.answer}`),
        template: numberOf(`t${keys.template}`),
        duplicateKey: numberOf(`d${duplicateKey(example)}`),
        texts:
          held > textBudget
            ? null
            : {
                prompt: rowTexts(example, 'prompt').join('\n'),
                answer: rowTexts(example, 'answer').join('\n'),
              },
      };
      seen.set(place.row, { facts, words: wordTable.number(words) });
    },
    finish() {
      const sets: { rows: RowFacts[]; words: WordNumbers }[] = [];
      const pairs: SetPair[] = [];
      const compare = (a: number, b: number): void => {
        const overlap = overlapOf(sets[a]?.words as WordNumbers, sets[b]?.words as WordNumbers);
        if (reaches(ratio, overlap.shared, overlap.union)) pairs.push({ a, b, ...overlap });
      };
      // Nearly always one set a class; more where 32 bits took different shingles for the same.
      const ofClass = candidates.classes.map((members) => {
        const first = sets.length;
        for (const member of members) {
          const row = seen.get(member);
          if (!row) continue;
          let at = first;
          while (at < sets.length && !equalSets(overlapOf(sets[at]?.words as WordNumbers, row.words)))
            at += 1;
          if (at === sets.length) sets.push({ rows: [row.facts], words: row.words });
          else sets[at]?.rows.push(row.facts);
        }
        for (let a = first; a < sets.length; a += 1)
          for (let b = a + 1; b < sets.length; b += 1) compare(a, b);
        return { first, last: sets.length };
      });
      for (let i = 0; i < candidates.pairs.length; i += 2) {
        const [x, y] = [ofClass[candidates.pairs[i] as number], ofClass[candidates.pairs[i + 1] as number]];
        if (!x || !y) continue;
        for (let a = x.first; a < x.last; a += 1) for (let b = y.first; b < y.last; b += 1) compare(a, b);
      }
      return { sets: sets.map(({ rows }) => ({ rows })), pairs };
    },
  };
}

function equalSets({ shared, union }: Overlap): boolean {
  return shared === union;
}
