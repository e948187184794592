// Near-duplicates as the definition has them: every pair, as sets of strings. Slow, and sharing no code with the product.
import type { Side } from '../../../src/dataset/duplicates/find-candidates.ts';
import type { NearRow } from '../../../src/dataset/duplicates/inspect-pairs.ts';
import {
  defaultNear,
  findNearDuplicates,
  type NearOptions,
  type NearResult,
} from '../../../src/dataset/duplicates/near-duplicates.ts';
import type { Example } from '../../../src/dataset/example.ts';

const spaced = /[\p{L}\p{N}]+/gu;
const noSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The words of a text. */
export function naiveWords(text: string, unit: 'auto' | 'words' | 'characters'): string[] {
  const runs = text.normalize('NFKC').toLowerCase().match(spaced) ?? [];
  if (unit === 'words') return [...runs];
  return runs.flatMap((run) => {
    const words: string[] = [];
    let open = '';
    for (const char of run) {
      if (unit === 'characters' || noSpaces.test(char)) {
        if (open) words.push(open);
        open = '';
        words.push(char);
      } else open += char;
    }
    return open ? [...words, open] : words;
  });
}

/** A row's shingles. */
export function naiveShingles(text: string, n: number, unit: 'auto' | 'words' | 'characters'): Set<string> {
  const words = naiveWords(text, unit);
  if (words.length === 0)
    return new Set([text.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).join(' ')]);
  if (words.length < n) return new Set([words.join(' ')]);
  return new Set(words.slice(n - 1).map((_, i) => words.slice(i, i + n).join(' ')));
}

/** All pairs with Jaccard ≥ percent / 100, as `a-b jaccard`. */
export function naivePairs(
  texts: readonly string[],
  n: number,
  unit: 'auto' | 'words' | 'characters',
  percent: number,
): string[] {
  const sets = texts.map((text) => naiveShingles(text, n, unit));
  const pairs: string[] = [];
  for (let a = 0; a < sets.length; a += 1)
    for (let b = a + 1; b < sets.length; b += 1) {
      const [x, y] = [sets[a], sets[b]] as [Set<string>, Set<string>];
      let shared = 0;
      for (const each of x) if (y.has(each)) shared += 1;
      const union = x.size + y.size - shared;
      if (shared * 100 >= percent * union) pairs.push(`${a}-${b} ${(shared / union).toFixed(9)}`);
    }
  return pairs.sort();
}

/** A row of one question and one answer. */
export function exampleOf(prompt: string, answer: string): Example {
  return {
    messages: [
      { role: 'user', content: prompt },
      { role: 'assistant', content: answer },
    ],
    meta: {},
  };
}

/** The product's answer for rows in memory; all train rows without findings unless told. */
export async function near(
  examples: readonly Example[],
  options: Partial<NearOptions> = {},
  findings: readonly number[] = [],
  sides: readonly Side[] = [],
): Promise<NearResult> {
  async function* rows(): AsyncGenerator<NearRow> {
    for (const [row, example] of examples.entries())
      yield {
        example,
        side: sides[row] ?? 'train',
        findings: findings[row] ?? 0,
        place: { row, file: 'f', line: row + 1, column: 1 },
      };
  }
  return findNearDuplicates(rows, { ...defaultNear, ...options });
}

/** Its pairs, as naivePairs writes them. */
export function pairsOf({ blocks }: NearResult): string[] {
  return blocks
    .flatMap(({ a, b, shared, union }) =>
      a.rows.flatMap((x, i) =>
        (a === b ? a.rows.slice(i + 1) : b.rows).map((y) => {
          const [p, q] = [x.place.row, y.place.row].sort((m, n) => m - n);
          return `${p}-${q} ${(shared / union).toFixed(9)}`;
        }),
      ),
    )
    .sort();
}
