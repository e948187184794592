import { describe, expect, it } from 'vitest';
import { compareExamples } from '../../../src/dataset/diff/compare-examples.ts';
import type { Message } from '../../../src/dataset/example.ts';

describe('what differs between two versions of a row', () => {
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
