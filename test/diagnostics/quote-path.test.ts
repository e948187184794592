// A file name in a command to copy: the shell gets the same name back, and the terminal sees no escape.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotePath } from '../../src/diagnostics/quote-path.ts';

const names = [
  ...[
    'plain.jsonl',
    'two words.jsonl',
    "it's.jsonl",
    'a"b',
    '$(touch x)',
    '`id`',
    'a;b',
    'a\\b',
    '*',
    '~',
    '',
    '=x',
    '-',
  ],
  ...[
    'a\nb.jsonl',
    'clear\u001b[2J.jsonl',
    "\u001b]0;title\u0007'x",
    'bell\u0007',
    'turned\u202egnp.jsonl',
    '\u009b31m',
  ],
];

const read = (word: string): string =>
  execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });

describe('a quoted path', () => {
  for (const name of names)
    it(`${JSON.stringify(name)} reaches the program as it is`, () => {
      expect(read(quotePath(name))).toBe(name);
      expect(quotePath(name)).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
    });

  it('is not taken for an option', () => {
    expect(quotePath('-rf')).toBe('./-rf');
  });

  it('is one harmless word, for any content', () => {
    const name = fc.string({
      unit: fc.constantFrom(...'ab \'"\\$`\n\t\u001b\u0001;&|<>(){}*?~#!=ü数\u202e'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(name, (text) => {
        expect(read(quotePath(`x${text}`))).toBe(`x${text}`);
      }),
      { numRuns: 60 },
    );
  });
});
