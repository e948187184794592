// What the dataset commands say at their end: few places, the worst first, and what to type next.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-next-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (...args: string[]) => runCli(['data', ...args], { cwd: dir });
const row = (n: number, output = `The answer to question ${n} is a town by a river.`, more = {}) =>
  `${JSON.stringify({ instruction: `Question number ${n}?`, output, ...more })}\n`;
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
const many = Array.from({ length: 60 }, (_, n) => n);
put('good.jsonl', many.map((n) => row(n)).join(''));
put('bad.jsonl', many.map((n) => row(n, n % 2 === 0 ? '' : n % 5 === 0 ? 'TODO' : 'ok')).join(''));
put(
  'calls.jsonl',
  many
    .map((n) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: `Question ${n}?`, mood: 'curious' },
          { role: 'assistant', content: 'A town.' },
        ],
      }),
    )
    .join('\n'),
);

const next = (stderr: string): string | undefined => /^next: (.*)$/m.exec(stderr)?.[1];

describe('A conversion', () => {
  it('shows errors by code, three places each, and nothing about the contents', async () => {
    const { stderr, exitCode } = await lorch('convert', 'bad.jsonl', '--to', 'chatml', '-o', 'never.jsonl');
    expect(exitCode).toBe(1);
    expect(stderr.match(/error D014/g)).toHaveLength(3);
    expect(stderr).toContain('… and 27 more of D014 empty-answer');
    expect(stderr.indexOf('D014')).toBeLessThan(stderr.indexOf('D100'));
    expect(stderr).not.toContain('near-empty');
    expect(stderr.trimEnd().split('\n').length).toBeLessThan(40);
    expect(stderr).toContain('nothing was written');
  });

  it('still says which message keys the target cannot hold', async () => {
    const { stderr, exitCode } = await lorch(
      'convert',
      'calls.jsonl',
      '--to',
      'sharegpt',
      '-o',
      'never.jsonl',
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the message key "mood"');
  });
});

describe('The next command', () => {
  it.each([
    [['stats', 'good.jsonl'], 'lorch data check good.jsonl'],
    [['check', 'good.jsonl'], 'lorch data dedup good.jsonl'],
    [['check', 'bad.jsonl'], 'fix these rows, or let a run leave them out: dataset.on_error: drop'],
    [['dedup', 'good.jsonl'], 'lorch data review good.jsonl'],
    [['dedup', 'good.jsonl', '-o', 'g2.jsonl'], 'lorch data review g2.jsonl'],
    [['sample', 'good.jsonl', '-o', 's.jsonl'], 'lorch data check s.jsonl'],
    [['convert', 'good.jsonl', '--to', 'chatml', '-o', 'a b.jsonl'], "lorch data check 'a b.jsonl'"],
    [
      ['split', 'good.jsonl', '-o', 'sides'],
      'lorch train CONFIG --set dataset.train=sides/train.jsonl --set dataset.validation=sides/validation.jsonl',
    ],
  ])('after %j is %s', async (args, expected) => {
    const { stdout, stderr } = await lorch(...args);
    expect(next(stderr)).toBe(expected);
    expect(stdout).not.toContain('next:');
  });

  it('is not among what scripts read', async () => {
    for (const args of [['check'], ['stats'], ['dedup']]) {
      const { stderr } = await lorch(...args, 'good.jsonl', '--json');
      expect(stderr).not.toContain('next:');
    }
  });
});
