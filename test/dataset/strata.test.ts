import { describe, expect, it } from 'vitest';
import type { Example } from '../../src/dataset/example.ts';
import { findStrata } from '../../src/dataset/strata.ts';

const example = (answer: string, meta: Record<string, unknown> = {}): Example => ({
  messages: [
    { role: 'user', content: 'Which?' },
    { role: 'assistant', content: answer },
  ],
  meta,
});

describe('strata', () => {
  it('separate lengths in powers of two, independent of other rows', () => {
    const length = findStrata('length');
    expect(length(example('Yes.'), 'a')).toBe('under 64 characters');
    expect(length(example('x'.repeat(58)), 'a')).toBe('64 to 127 characters');
    expect(length(example('x'.repeat(121)), 'a')).toBe('64 to 127 characters');
    expect(length(example('x'.repeat(122)), 'a')).toBe('128 to 255 characters');
  });

  it('treat an answer as a label with any space around it, but not long answers', () => {
    const label = findStrata('label');
    expect(label(example(' billing\n'), 'a')).toBe(label(example('billing'), 'a'));
    expect(label(example('x'.repeat(500)), 'a')).toBe(label(example('y'.repeat(101)), 'a'));
  });

  it('take the source from a field of the row, else from the file', () => {
    expect(findStrata('source')(example('a', { source: 'forum' }), 'f.jsonl')).toBe('forum');
    expect(findStrata('source')(example('a'), 'f.jsonl')).toBe('f.jsonl');
    expect(findStrata('source:kind')(example('a', { kind: 3 }), 'f.jsonl')).toBe('3');
    expect(findStrata('source:__proto__')(example('a'), 'f.jsonl')).toBe('f.jsonl');
  });

  it('are refused by a name that tells nothing', () => {
    for (const name of ['colour', 'source:', ''])
      expect(() => findStrata(name)).toThrow(expect.objectContaining({ code: 'D195' }));
  });
});
