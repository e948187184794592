// How the review of a file stands that was made of a reviewed one.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-status-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (...args: string[]) => runCli(['data', ...args], { cwd: dir });
const path = (name: string) => join(dir, name);

beforeAll(async () => {
  const rows = Array.from(
    { length: 120 },
    (_, n) => `${JSON.stringify({ instruction: `Question number ${n}?`, output: `Good answer ${n}.` })}\n`,
  );
  const twins = rows.slice(0, 30).map((row) => row.replace('Good', 'good'));
  writeFileSync(path('raw.jsonl'), [...rows, ...twins].join(''));
  await lorch('review', 'raw.jsonl', '--export', 'sheet.jsonl', '--rows', '40');
  const accepted = readFileSync(path('sheet.jsonl'), 'utf8').replaceAll('"verdict":""', '"verdict":"accept"');
  writeFileSync(path('sheet.jsonl'), accepted);
  await lorch('review', 'raw.jsonl', '--import', 'sheet.jsonl', '--reviewer', 'ann');
  await lorch('dedup', 'raw.jsonl', '-o', 'clean.jsonl');
});

describe('The status of a deduplicated file', () => {
  it('is that of the older review, which is gone on with where it is', async () => {
    const { stdout, stderr, exitCode } = await lorch('review', 'clean.jsonl', '--status');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('it has no review of its own');
    expect(stdout).toContain('raw.jsonl.review.jsonl speaks for 120 of the 120 rows');
    expect(stderr).toContain('next: lorch data review raw.jsonl --rows 50');
  });

  it('is good once the older review is', async () => {
    await lorch('review', 'raw.jsonl', '--export', 'more.jsonl', '--rows', '50');
    const accepted = readFileSync(path('more.jsonl'), 'utf8').replaceAll(
      '"verdict":""',
      '"verdict":"accept"',
    );
    writeFileSync(path('more.jsonl'), accepted);
    await lorch('review', 'raw.jsonl', '--import', 'more.jsonl', '--reviewer', 'ann');
    const { stdout, stderr, exitCode } = await lorch('review', 'clean.jsonl', '--status');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('every row is covered by a passed review');
    expect(stderr).toContain('next: lorch train CONFIG');
    const status = (await lorch('review', 'clean.jsonl', '--status', '--json')).json();
    expect(status).toMatchObject({
      open: true,
      uncovered_rows: 0,
      inherited: [{ log: 'raw.jsonl.review.jsonl', rows: 120, passed: true }],
    });
  });

  it('names the reviewed file where it was moved', async () => {
    renameSync(path('raw.jsonl'), path('moved.jsonl'));
    const { stderr, exitCode } = await lorch('review', 'clean.jsonl', '--status');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('clean.jsonl was made of raw.jsonl, which is not there');
  });
});
