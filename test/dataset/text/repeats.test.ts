import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findLoop } from '../../../src/dataset/text/repeats.ts';

const limits = { times: 4, words: 12, sentences: 3 };
const word = fc.string({ unit: fc.constantFrom(...'abcdefghij'), minLength: 1, maxLength: 6 });
const phrase = fc.array(word, { minLength: 3, maxLength: 12 }).map((words) => words.join(' '));

it('finds every phrase that occurs four times in a row, at any place', () => {
  fc.assert(
    fc.property(phrase, phrase, phrase, fc.integer({ min: 4, max: 9 }), (before, loop, after, times) => {
      const text = `${before}, ${Array(times).fill(loop).join(', ')}, ${after}`;
      const found = findLoop(text, limits);
      expect(found).not.toBeNull();
      expect(found?.times).toBeGreaterThanOrEqual(4);
      expect(found?.from).toBeLessThan(found?.to ?? 0);
      expect(found?.to).toBeLessThanOrEqual(text.length);
    }),
    { seed: 8, numRuns: 500 },
  );
});

it('finds nothing where every word is new', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 200 }), (words) => {
      expect(findLoop(words.join(' '), limits)).toBeNull();
    }),
    { seed: 9, numRuns: 500 },
  );
});

const same = 'The tide rises twice a day along this coast';

it('counts a sentence that comes again after others that came before, too', () => {
  const found = findLoop(`${same}. Gulls cry. ${same}. Gulls cry. ${same}! Gulls cry.`, limits);
  expect(found).toMatchObject({ from: 0, times: 3 });
});

it('does not count a sentence with something new before each time, and sees no novelty in numbers', () => {
  expect(findLoop(`${same}. Gulls cry. ${same}. Boats leave. ${same}! Night falls.`, limits)).toBeNull();
  expect(findLoop(`1. ${same}\n2. ${same}\n3. ${same}\n`, limits)).toMatchObject({ times: 3 });
});
