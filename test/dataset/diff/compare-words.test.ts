import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareExamples } from '../../../src/dataset/diff/compare-examples.ts';
import { compareWords } from '../../../src/dataset/diff/compare-words.ts';
import type { Message } from '../../../src/dataset/example.ts';

describe('a difference by words', () => {
  it('gives both texts back', () => {
    const text = fc.oneof(fc.string(), fc.lorem({ maxCount: 12 }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = compareWords(before, after);
        const join = (gone: string) =>
          parts.flatMap(({ kind, text: part }) => (kind === gone ? [] : [part])).join('');
        expect(join('added')).toBe(before);
        expect(join('removed')).toBe(after);
      }),
    );
  });

  it('shows texts whole where nearly everything differs, instead of taking for ever', () => {
    const words = (lead: string) => Array.from({ length: 20_000 }, (_, i) => `${lead}${i}`).join(' ');
    expect(compareWords(words('a'), words('b')).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });

  it('pairs messages by role, so that a new system prompt shifts nothing', () => {
    const turns: Message[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello there.' },
    ];
    const after: Message[] = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello there.', train: false },
    ];
    expect(compareExamples({ messages: turns, meta: {} }, { messages: after, meta: {} })).toEqual([
      { field: 'system', parts: [{ kind: 'added', text: 'Be kind.' }] },
      { field: 'assistant train', parts: [{ kind: 'added', text: 'false' }] },
    ]);
  });
});
