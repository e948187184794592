// Reviewers' verdicts beside a dataset measure its checks, and demote those that are wrong too often.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-precision-'));
afterAll(() => rmSync(dir, { recursive: true }));
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
const check = (args: string[], options: CliOptions = {}) =>
  runCli(['data', 'check', 'rows.jsonl', ...args], { cwd: dir, ...options });

// Two messages of one role after each other: D024, a warning.
const repeated = JSON.stringify({
  messages: [
    { role: 'user', content: 'Hello?' },
    { role: 'user', content: 'Is the shop open?' },
    { role: 'assistant', content: 'It is.' },
  ],
});

function verdicts(rows: number, defects: number): string {
  const line = (n: number) => ({
    v: 1,
    type: 'verdict',
    id: `v${n}`,
    at_ms: n,
    reviewer: 'ann',
    tool: 'lorch',
    dataset: 'd'.repeat(64),
    row: n.toString(16).padStart(64, '0'),
    verdict: n < defects ? 'reject' : 'accept',
    ...(n < defects && { reason: 'wrong' }),
    position: n,
    codes: ['D024'],
  });
  return Array.from({ length: rows }, (_, n) => `${JSON.stringify(line(n))}\n`).join('');
}

describe('measured precision', () => {
  beforeAll(() => {
    put('rows.jsonl', `${repeated}\n`);
    put('rows.jsonl.review.jsonl', verdicts(14, 2));
  });

  it('is shown in the terminal, in JSON and in HTML', async () => {
    const { stdout } = await check(['--html', 'r.html'], { tty: true });
    expect(stdout).toMatch(/warning +D024 +repeated-role +1 +[\d.]+ % +2 of 14 true\n/);
    expect(readFileSync(join(dir, 'r.html'), 'utf8')).toContain('2 of 14 were defects');
    const json = (await check(['--json'])).json();
    expect(json.precision).toEqual([{ code: 'D024', rows: 14, defects: 2, precision: 2 / 14 }]);
  });

  it('demotes a check below the set precision to a note, and says so', async () => {
    put('rows.jsonl.checks.yaml', 'demote_below: 0.5\n');
    const { stdout } = await check([], { tty: true });
    expect(stdout).toMatch(/note +D024 +repeated-role +1 +[\d.]+ % +2 of 14 true: demoted to a note\n/);
    const json = (await check(['--json'])).json() as { findings: Finding[]; checks: unknown };
    expect(json.findings.map(({ severity }) => severity)).toEqual(['note']);
    expect(json.checks).toMatchObject({ demoted: ['D024'] });
    put('rows.jsonl.checks.yaml', 'demote_below: 0.5\ndemote_after: 15\n');
    expect((await check([])).stdout).toContain('warning D024');
  });

  it('leaves an error an error: it decides which rows train', async () => {
    put('rows.jsonl.checks.yaml', 'demote_below: 0.5\nD024: error\n');
    expect((await check([])).exitCode).toBe(1);
  });
});
