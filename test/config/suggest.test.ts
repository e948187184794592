import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/config/suggest.ts';
import { editDistance } from '../../src/diagnostics/edit-distance.ts';

describe('the edit distance', () => {
  it('counts inserts, deletes, replacements and swaps', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('alpha', 'alhpa')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('is zero for equal words only, symmetric, and at most the longer length', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('the nearest word', () => {
  it('is found where one is near, and not where none is', () => {
    expect(nearest('lora_alpa', ['lora_alpha', 'lora_dropout'])).toBe('lora_alpha');
    expect(nearest('Learning-Rate', ['learning_rate'])).toBe('learning_rate');
    expect(nearest('xyz', ['lora_alpha', 'r'])).toBeUndefined();
    expect(nearest('q', ['r'])).toBeUndefined();
    expect(nearest('x'.repeat(100_000), ['r'])).toBeUndefined();
  });
});
