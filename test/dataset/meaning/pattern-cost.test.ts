// Patterns in the schemas of a dataset: whatever they are, judging arguments by them takes no time.
import { describe, expect, it } from 'vitest';
import { longestText } from '../../../src/dataset/meaning/pattern-cost.ts';
import { judgeArguments, readToolSchema } from '../../../src/dataset/meaning/tool-schema.ts';

const judge = (pattern: string, text: string): string[] =>
  judgeArguments(
    readToolSchema({
      function: {
        name: 'f',
        parameters: { type: 'object', properties: { a: { type: 'string', pattern } } },
      },
    }),
    { a: text },
  );

describe('a pattern that takes for ever', () => {
  it.each([
    ['(a+)+$', `${'a'.repeat(50)}b`],
    ['^(a|a)*$', `${'a'.repeat(50)}b`],
    ['^(?:a|aa)(?:a|aa)+$', `${'a'.repeat(80)}b`],
    [`^${'a?'.repeat(45)}${'a'.repeat(45)}$`, 'a'.repeat(44)],
    [`^${'(a|aa)'.repeat(30)}$`, 'a'.repeat(61)],
    [`^${'a{0,99}'.repeat(20)}$`, `${'a'.repeat(99)}b`],
    ['a+a+$', `${'a'.repeat(90_000)}b`],
    ['a+$', `${'a'.repeat(90_000)}b`],
    ['^\\s*a*\\s*$', `${' '.repeat(90_000)}b`],
    ['^(.*)\\1$', 'a'.repeat(50_000)],
    ['(?=(a+))b', 'a'.repeat(50_000)],
    ['^a|a+$', `${'a'.repeat(90_000)}b`],
  ])('%s is not tried on a text for which it could', (pattern, text) => {
    expect(judge(pattern, text)).toEqual([]);
  });
});

describe('a pattern as tools have it', () => {
  it.each([
    ['^\\d{4}-\\d{2}-\\d{2}$', '2026-01-02', '2026-1-2'],
    ['^[A-Z]{2,5}-\\d+$', 'AB-12', 'ab-12'],
    ['^[\\w.+-]+@[\\w-]+\\.[\\w.]+$', 'a.b@c.de', 'a.b(at)c.de'],
    ['^(?:low|medium|high)$', 'low', 'lowest'],
    ['^https?://', 'http://x', 'ftp://x'],
    ['[(?|]$', 'a?', 'a'],
    ['^(\\+\\d+)?\\d{3}$', '+49123', '+49-123'],
  ])('%s is judged', (pattern, good, bad) => {
    expect(longestText(pattern)).toBeGreaterThan(20);
    expect(judge(pattern, good)).toEqual([]);
    expect(judge(pattern, bad)).not.toEqual([]);
  });
});
