import { describe, expect, it } from 'vitest';
import { anyOf, createGrams, mayStartAt, noteGrams } from '../../../src/dataset/text/grams.ts';

function gramsOf(text: string) {
  const grams = createGrams();
  noteGrams(grams, text);
  return grams;
}

const prose = 'the sea is wide, and i am a ship; как дела? 图片如下 £none “quoted” 😀 end';

describe('grams', () => {
  it('never misses a word, in any script', () => {
    for (let from = 0; from + 3 <= prose.length; from += 1)
      for (let to = from + 3; to <= prose.length; to += 1)
        expect(anyOf('zebra crossing', prose.slice(from, to))(gramsOf(prose))).toBe(true);
  });

  it('denies words that are not there', () => {
    const grams = gramsOf(prose);
    expect(['chatgpt', 'mountain', 'seal', 'wider', '附件说明'].filter((word) => anyOf(word)(grams))).toEqual(
      [],
    );
    expect(anyOf('chatgpt', 'mountain')(grams)).toBe(false);
    expect(anyOf('sea')(gramsOf(''))).toBe(false);
    expect(anyOf('sea')(gramsOf('se'))).toBe(false);
  });

  it('forgets the text before', () => {
    const grams = gramsOf(prose);
    noteGrams(grams, 'nothing of it');
    expect(anyOf('wide')(grams)).toBe(false);
    expect(anyOf('nothing')(grams)).toBe(true);
  });

  it('finds what starts at a place of another text in any case', () => {
    const grams = gramsOf(prose);
    expect(mayStartAt(grams, 'A Wide river', 2)).toBe(true);
    expect(mayStartAt(grams, 'A Wide river', 7)).toBe(false);
    // Only ASCII is told by its case.
    expect(mayStartAt(grams, 'ÉTÉ', 0)).toBe(true);
  });
});
