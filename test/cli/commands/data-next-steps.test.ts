// What the dataset commands say at their end: few places, the worst first, and what to type next.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    [['check', 'bad.jsonl'], 'fix these rows, or drop them in a run: dataset.on_error: drop in its config'],
    [['dedup', 'good.jsonl'], 'lorch data review good.jsonl'],
    [['dedup', 'good.jsonl', '-o', 'g2.jsonl'], 'lorch data review g2.jsonl'],
    [['sample', 'good.jsonl', '-o', 's.jsonl'], 'lorch data check s.jsonl'],
    [['convert', 'good.jsonl', '--to', 'chatml', '-o', 'a b.jsonl'], "lorch data check 'a b.jsonl'"],
    [
      ['split', 'good.jsonl', '-o', 'sides'],
      'lorch train CONFIG --set dataset.train=sides/train.jsonl --set dataset.validation=sides/validation.jsonl',
    ],
    [
      ['split', 'bad.jsonl', '-o', 'sides2', '--seed', '7'],
      'lorch data split bad.jsonl --seed 7 --output sides2 --on-error drop',
    ],
  ])('after %j is %s', async (args, expected) => {
    const { stdout, stderr } = await lorch(...args);
    expect(next(stderr)).toBe(expected);
    expect(stdout).not.toContain('next:');
  });

  it('names files from the folder of the workspace, as configs do', async () => {
    put('lorch.yaml', '');
    mkdirSync(join(dir, 'below'));
    const { stderr } = await runCli(['data', 'split', '../good.jsonl', '-o', 'sides'], {
      cwd: join(dir, 'below'),
    });
    rmSync(join(dir, 'lorch.yaml'));
    expect(next(stderr)).toBe(
      'lorch train CONFIG --set dataset.train=below/sides/train.jsonl --set dataset.validation=below/sides/validation.jsonl',
    );
  });

  it('after a dedup that leaves leaks drops them', async () => {
    put('near.jsonl', row(7).replace('number 7?', 'number 7, please?'));
    const args = ['dedup', 'near.jsonl', '--near', '0.5', '--validation', 'good.jsonl'];
    const { stderr, exitCode } = await lorch(...args);
    expect(exitCode).toBe(1);
    expect(next(stderr)).toBe(
      'lorch data dedup near.jsonl --near 0.5 --validation good.jsonl --action drop -o NEW.jsonl',
    );
    const dropped = await lorch(...args, '--action', 'drop', '-o', 'near-free.jsonl');
    expect(dropped.exitCode).toBe(0);
    const kept = await lorch(...args, '-o', 'near-kept.jsonl');
    expect(kept.stdout).toContain('1 row like validation or benchmark rows is still in it');
    expect(next(kept.stderr)).toContain('--action drop -o NEW.jsonl');
  });

  it('is not among what scripts read', async () => {
    for (const args of [['check'], ['stats'], ['dedup']]) {
      const { stderr } = await lorch(...args, 'good.jsonl', '--json');
      expect(stderr).not.toContain('next:');
    }
  });
});
