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
    expect(stdout).toContain('raw.jsonl.review.jsonl covers 120 of the 120 rows');
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
    expect(stderr).toContain('clean.jsonl was made from raw.jsonl, which no longer exists');
  });
});

describe('The status of a version that --finish wrote', () => {
  it('suggests more reading, and not to finish again', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => ({
      instruction: `Question number ${n}?`,
      output: `Good answer ${n}.`,
    }));
    writeFileSync(path('some.jsonl'), rows.map((each) => `${JSON.stringify(each)}\n`).join(''));
    await lorch('review', 'some.jsonl', '--export', 'verdicts.jsonl', '--rows', '3');
    const sheet = readFileSync(path('verdicts.jsonl'), 'utf8');
    // Two defects in three rows: the limit is beyond reach, so only a new version helps.
    const empty = '"verdict":"","reason":""';
    const wrong = '"verdict":"reject","reason":"wrong"';
    const rejected = sheet.replace(empty, wrong).replace(empty, wrong);
    writeFileSync(path('verdicts.jsonl'), rejected.replaceAll('"verdict":""', '"verdict":"accept"'));
    const imported = await lorch('review', 'some.jsonl', '--import', 'verdicts.jsonl', '--reviewer', 'ann');
    expect(imported.stdout).toContain('3 verdicts by ann');
    const before = await lorch('review', 'some.jsonl', '--status');
    expect(before.stderr).toContain('--finish -o NEW.jsonl');
    const finished = await lorch('review', 'some.jsonl', '--finish', '-o', 'done.jsonl');
    expect(finished.stdout).toContain('58 of 60 rows, 0 edits, dropped 2 V040');
    expect(finished.stdout).toContain('the launch gate stays closed, because the review has not passed');
    const after = await lorch('review', 'done.jsonl', '--status');
    const next = /^next: .*$/m;
    expect(next.exec(after.stderr)?.[0]).toBe(next.exec(finished.stderr)?.[0]);
    expect(after.stderr).not.toContain('--finish');
  });
});
