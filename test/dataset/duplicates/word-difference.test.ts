import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordDifference } from '../../../src/dataset/duplicates/word-difference.ts';

it('parts texts word by word, and joins changes that only space divides', () => {
  expect(wordDifference('Wait for four minutes.', 'Wait for about seven minutes!')).toEqual([
    { text: 'Wait for ', kind: 'same' },
    { text: 'four ', kind: 'removed' },
    { text: 'about seven ', kind: 'added' },
    { text: 'minutes', kind: 'same' },
    { text: '.', kind: 'removed' },
    { text: '!', kind: 'added' },
  ]);
  expect(wordDifference('', '')).toEqual([]);
});

it('parts scripts without spaces character by character', () => {
  expect(wordDifference('今日の東京の天気', '今日の大阪の天気')).toEqual([
    { text: '今日の', kind: 'same' },
    { text: '東京', kind: 'removed' },
    { text: '大阪', kind: 'added' },
    { text: 'の天気', kind: 'same' },
  ]);
});

it('contains both texts completely', () => {
  const text = fc
    .array(fc.constantFrom('a', 'B', ' ', '\n', 'é', '中文', '.', '12', '😀'))
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = wordDifference(before, after);
      const without = (kind: string) =>
        parts
          .filter((part) => part.kind !== kind)
          .map((part) => part.text)
          .join('');
      expect(without('added')).toBe(before);
      expect(without('removed')).toBe(after);
    }),
    { seed: 3, numRuns: 500 },
  );
});

it('does not take long over long texts that have little in common', () => {
  const words = (seed: number) =>
    Array.from({ length: 20_000 }, (_, i) => `w${(i * seed) % 10_007}`).join(' ');
  const parts = wordDifference(words(7), words(11));
  expect(parts.map(({ kind }) => kind)).toEqual(['removed', 'added']);
});
