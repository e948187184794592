// The exact join against the definition, on many small random datasets; then what becomes of the rows.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleOf, naivePairs, near, pairsOf } from './brute-force.ts';

const seed = 20;

// Few words, so that shingles repeat inside rows and across them.
const asciiWord = fc.constantFrom('a', 'b', 'C', 'dd', 'e', 'F', 'go', '7', '12', 'x');
const anyWord = fc.constantFrom(
  'a',
  'É',
  'é',
  'e\u0301',
  'ﬁ',
  'ＡＢ',
  'ΣΑΣ',
  'İ',
  '中文',
  '日本語です',
  'カタ',
  'ภาษา',
  'ﾊﾟ',
  '가',
  '각',
  'straße',
  '𝔄b',
  '𠀀𠀁',
  '😀',
  '"',
  '...',
  '\u200b',
  'x²',
  '١٢',
  'Ǆ',
  '\ud800',
  '7',
  'ー',
  'हिन्दी',
  '𐐀',
);
const between = fc.constantFrom(' ', ' ', '\n', ', ', '-', '');

const textOf = (word: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(fc.tuple(word, between), { maxLength }).map((parts) => parts.map(([w, gap]) => w + gap).join(''));

// Rows that are edits of one another, so that every similarity occurs.
const dataset = (word: fc.Arbitrary<string>) =>
  fc
    .record({
      bases: fc.array(textOf(word, 30), { minLength: 1, maxLength: 3 }),
      edits: fc.array(fc.record({ base: fc.nat(2), at: fc.nat(60), cut: fc.nat(4), text: textOf(word, 3) }), {
        maxLength: 12,
      }),
    })
    .map(({ bases, edits }) => [
      ...bases,
      ...edits.map(({ base, at, cut, text }) => {
        const from = bases[base % bases.length] ?? '';
        return from.slice(0, at) + text + from.slice(at + cut);
      }),
    ]);

describe('the exact join', () => {
  const settings = fc.record({
    percent: fc.constantFrom(50, 55, 60, 66, 70, 75, 80, 85, 90, 100),
    n: fc.integer({ min: 1, max: 5 }),
    unit: fc.constantFrom('auto' as const, 'words' as const, 'characters' as const),
  });

  it.each([
    { name: 'plain words', word: asciiWord, numRuns: 2500 },
    { name: 'any Unicode', word: anyWord, numRuns: 1500 },
    { name: 'arbitrary strings', word: fc.string({ unit: 'binary', maxLength: 4 }), numRuns: 500 },
  ])('finds what brute force finds, and nothing else: $name', async ({ word, numRuns }) => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(dataset(word), settings, async (texts, { percent, n, unit }) => {
        const result = await near(
          texts.map((text) => exampleOf(text, '')),
          { threshold: percent / 100, n, unit },
        );
        const expected = naivePairs(texts, n, unit, percent);
        expect(pairsOf(result)).toEqual(expected);
        found += expected.length;
      }),
      { seed, numRuns },
    );
    expect(found).toBeGreaterThan(numRuns);
  });
});
