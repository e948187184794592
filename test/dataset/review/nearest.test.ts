import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../../src/dataset/example.ts';
import { createNearestFinder } from '../../../src/dataset/review/nearest.ts';
import { fp } from './log-entries.ts';

const example = (text: string): Example => ({ messages: [{ role: 'user', content: text }], meta: {} });

function shingles(text: string): Set<string> {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < 3) return new Set(words.length > 0 ? [words.join(' ')] : []);
  return new Set(words.slice(2).map((_, i) => words.slice(i, i + 3).join(' ')));
}

function jaccard(a: string, b: string): number {
  const [x, y] = [shingles(a), shingles(b)];
  const both = [...x].filter((each) => y.has(each)).length;
  return both / (x.size + y.size - both || 1);
}

describe('the nearest rows', () => {
  it.each([
    ['Chinese', '请告诉我今天北京的天气怎么样', '请告诉我今天上海的天气怎么样'],
    ['Japanese', '今日の東京の天気を教えてください', '今日の大阪の天気を教えてください'],
    ['Thai', 'วันนี้อากาศที่กรุงเทพเป็นอย่างไร', 'วันนี้อากาศที่เชียงใหม่เป็นอย่างไร'],
  ])('are found in %s, which puts no space between words', (_script, a, b) => {
    const rows = [a, b].map((text, row) => ({
      fingerprint: fp(text),
      example: example(text),
      place: { row, file: 'a', line: row + 1, column: 1 },
    }));
    const finder = createNearestFinder(rows);
    for (const row of rows) finder.look(row);
    expect([...finder.found().values()].map((near) => near.map(({ place }) => place.row))).toEqual([
      [1],
      [0],
    ]);
  });

  it('are those that comparing every two rows gives', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'D');
    const text = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 40 }), (texts) => {
        const rows = texts.map((each, row) => ({
          fingerprint: fp(each),
          example: example(each),
          place: { row, file: 'a', line: row + 1, column: 1 },
        }));
        const wanted = rows.slice(0, 5);
        const finder = createNearestFinder(wanted);
        for (const row of rows) finder.look(row);
        const found = finder.found();
        for (const [i, { fingerprint }] of wanted.entries()) {
          const all = texts
            .map((each, row) => ({ row, value: jaccard(texts[i] ?? '', each) }))
            .filter(({ row, value }) => row !== i && value >= 0.3)
            .map(({ value }) => value)
            .sort((a, b) => b - a);
          expect((found.get(fingerprint) ?? []).map((each) => each.jaccard)).toEqual(all.slice(0, 3));
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
