import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duplicateKey } from '../../../src/dataset/duplicates/duplicate-key.ts';
import { keyText } from '../../../src/dataset/duplicates/same-text.ts';
import type { Example, Message } from '../../../src/dataset/example.ts';

fc.configureGlobal({ seed: 7 });

const example = (...messages: Message[]): Example => ({ messages, meta: {} });
const user = (content: string): Example => example({ role: 'user', content });
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    'é',
    'e\u0301',
    ' ',
    '\n',
    '\u00a0',
    '\u3000',
    '한',
    '😀',
    '\ufeff',
    '\ud800',
  ),
});

it('is equal exactly if the texts are the same by same-text.ts', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(duplicateKey(user(a)).join() === duplicateKey(user(b)).join()).toBe(keyText(a) === keyText(b));
    }),
    { numRuns: 2000 },
  );
});

it('takes the short way for plain ASCII only if that changes nothing', () => {
  const ascii = fc.string({
    unit: fc.constantFrom('a', '.', ' ', '\n', '\t', '\r', '=', '"'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(ascii, (a) => {
      expect(duplicateKey(user(a))).toEqual(duplicateKey(user(keyText(a))));
    }),
    { numRuns: 5000 },
  );
});

it('tells apart what is divided otherwise between messages, roles, lists and flags', () => {
  const message = (role: 'user' | 'assistant', content: string | null): Message => ({ role, content });
  const rows: Example[] = [
    example(message('user', 'a b')),
    example(message('user', 'a'), message('user', 'b')),
    example(message('assistant', 'a b')),
    example({ role: 'assistant', content: 'a b', train: false }),
    example(message('assistant', null)),
    example(message('assistant', '')),
    example({ role: 'user', content: 'a b', name: 'n' }),
    example({ role: 'assistant', content: 'a b', reasoning_content: 'n' }),
    { ...example(message('user', 'a b')), tools: [{ type: 'function' }] },
    { ...example(message('user', 'a b')), chosen: [message('assistant', 'c')] },
    { ...example(message('user', 'a b')), rejected: [message('assistant', 'c')] },
    example(message('user', 'a b'), message('assistant', 'c')),
  ];
  expect(new Set(rows.map((row) => duplicateKey(row).join())).size).toBe(rows.length);
});

it('tells apart many texts that differ by little', () => {
  const keys = new Set<string>();
  for (let i = 0; i < 50_000; i += 1)
    keys.add(duplicateKey(user(`Add ${i % 250} and ${i % 200} to ${i}`)).join());
  expect(keys.size).toBe(50_000);
});

it('reads texts longer than its buffer', () => {
  const long = 'word '.repeat(60_000);
  expect(duplicateKey(user(long))).toEqual(duplicateKey(user(` ${long}`)));
  expect(duplicateKey(user(long))).not.toEqual(duplicateKey(user(`${long}x`)));
});
