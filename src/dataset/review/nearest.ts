// Finds the rows most like a few given ones: exact Jaccard on word 3-grams, in one pass over the dataset. Words are
// those of the near-duplicate join: in scripts without spaces, each character is a word.
import { textOf } from '../content.ts';
import { wordsOf } from '../duplicates/words.ts';
import type { Example, RowPlace } from '../example.ts';

export interface NearRow {
  place: RowPlace;
  /** |shared| / |either| of the two rows' shingles. */
  jaccard: number;
  example: Example;
}

export interface NearestFinder {
  /** Compares one row of the dataset with the given ones. */
  look(row: { fingerprint: string; place: RowPlace; example: Example }): void;
  /** For each given row the most similar rows, nearest first. */
  found(): Map<string, NearRow[]>;
}

const kept = 3;
/** A lower similarity is due to chance, such as a few common words. */
const least = 0.3;

/** A finder for `rows`. Memory is that of their shingles. */
export function createNearestFinder(
  rows: readonly { fingerprint: string; example: Example }[],
): NearestFinder {
  const owners = new Map<string, number[]>();
  const sizes = rows.map(({ example }, i) => {
    const shingles = shinglesOf(example);
    for (const shingle of shingles) {
      const list = owners.get(shingle);
      if (list) list.push(i);
      else owners.set(shingle, [i]);
    }
    return shingles.size;
  });
  const found = rows.map((): NearRow[] => []);
  const shared = new Uint32Array(rows.length);
  return {
    look({ fingerprint, place, example }) {
      const shingles = shinglesOf(example);
      const touched: number[] = [];
      for (const shingle of shingles)
        for (const i of owners.get(shingle) ?? []) {
          if (shared[i] === 0) touched.push(i);
          shared[i] = (shared[i] ?? 0) + 1;
        }
      for (const i of touched) {
        const both = shared[i] ?? 0;
        shared[i] = 0;
        const jaccard = both / (shingles.size + (sizes[i] ?? 0) - both);
        const list = found[i];
        if (!list || jaccard < least || rows[i]?.fingerprint === fingerprint) continue;
        const at = list.findIndex((each) => each.jaccard < jaccard);
        list.splice(at < 0 ? list.length : at, 0, { place, jaccard, example });
        if (list.length > kept) list.pop();
      }
    },
    found: () => new Map(rows.map(({ fingerprint }, i) => [fingerprint, found[i] ?? []])),
  };
}

/** A row's texts in order, joined by newlines. */
export function wholeText({ messages }: Example): string {
  return messages.map(({ content }) => textOf(content) ?? '').join('\n');
}

function shinglesOf(example: Example): Set<string> {
  const words = wordsOf(wholeText(example), 'auto');
  if (words.length < 3) return new Set(words.length > 0 ? [words.join(' ')] : []);
  const shingles = new Set<string>();
  for (let i = 0; i + 2 < words.length; i += 1) shingles.add(`${words[i]} ${words[i + 1]} ${words[i + 2]}`);
  return shingles;
}
