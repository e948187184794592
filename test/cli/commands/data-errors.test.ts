// What a user named wrongly: a code, what is the matter, and what to do, in no words of the system.
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-errors-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (line: string) => runCli(['data', ...line.split(' ')], { cwd: dir });
const row = '{"instruction":"Name a colour.","output":"Blue."}\n';
writeFileSync(join(dir, 'rows.jsonl'), row);
mkdirSync(join(dir, 'folder'));

describe('a folder, a file or nothing in the place of another', () => {
  it.each([
    ['versions folder', 'D090 folder is a folder.', 'name a dataset file in it'],
    [
      'split rows.jsonl -o rows.jsonl',
      /D091 .*rows\.jsonl cannot be used as a folder: it, or a part of its path, is a file/,
      'name a folder',
    ],
    [
      'convert rows.jsonl --to chatml -o rows.jsonl/x.jsonl',
      /D091 .* cannot be used as a folder/,
      'name a folder',
    ],
    [
      'check rows.jsonl --baseline folder',
      'D198 The baseline folder cannot be read: it is a folder.',
      'baseline',
    ],
    ['dedup --undo folder -o x.jsonl', /D091 .*folder cannot be read: it is a folder\./, ''],
    ['dedup --undo nothing -o x.jsonl', /D091 .*nothing cannot be read: there is no such file\./, ''],
    ['review rows.jsonl --import folder', 'V007 folder cannot be read: it is a folder', 'sheet'],
  ])('%s', async (line, message, hint) => {
    const { exitCode, stderr } = await lorch(line);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(hint);
    expect(stderr.split('\n    at ')[0]).not.toMatch(/E[A-Z]{4,}|node:/);
  });
});

it.each(['0x1', '1e0', '0b1', '', '.', '-0.5', 'NaN'])('--near %s is no number', async (near) => {
  for (const command of ['dedup', 'split'])
    expect((await runCli(['data', command, 'rows.jsonl', `--near=${near}`], { cwd: dir })).exitCode).toBe(2);
});

it('options that leave no check to run are refused: nothing would be ready', async () => {
  for (const options of ['--only D128 --skip invisible-character', '--only D128,D014 --skip D014,D128']) {
    const { exitCode, stderr, stdout } = await lorch(`check rows.jsonl ${options}`);
    expect(stderr).toContain('D206 No check is left to run.');
    expect([exitCode, stdout]).toEqual([2, '']);
  }
  for (const options of ['--only D001', '--only D128 --skip D014', '--group structure --skip D014'])
    expect((await lorch(`check rows.jsonl ${options}`)).exitCode).toBe(0);
});

it.each([
  ['utf16le', [0xff, 0xfe], 'UTF-16'],
  ['utf16le', [], 'UTF-16'],
  ['utf32le', [0xff, 0xfe, 0, 0], 'UTF-32'],
  ['utf32le', [], 'UTF-32'],
  ['utf32be', [0, 0, 0xfe, 0xff], 'UTF-32'],
])('text in %s with the mark %j is called %s', async (encoding, mark, name) => {
  const units = [...row].flatMap((sign) => {
    const code = sign.charCodeAt(0);
    return encoding === 'utf16le' ? [code, 0] : encoding === 'utf32le' ? [code, 0, 0, 0] : [0, 0, 0, code];
  });
  writeFileSync(join(dir, 'wide.jsonl'), Buffer.from([...mark, ...units]));
  const { exitCode, stdout } = await lorch('check wide.jsonl');
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`The file is ${name} text, not plain UTF-8 text.`);
});

describe('a pipe', () => {
  const pipe = join(dir, 'pipe');
  const other = row.replace('Blue', 'Green');
  execFileSync('mkfifo', [pipe]);

  it.each(['check pipe', 'sample pipe', 'dedup pipe', 'stats pipe', 'split pipe --near 0.8 -o halves'])(
    'is read once by what reads a dataset twice: %s',
    async (line) => {
      const [{ exitCode, stdout, stderr }] = await Promise.all([lorch(line), writeFile(pipe, row + other)]);
      expect(exitCode).toBe(0);
      expect(stdout + stderr).toMatch(/2 (?:of 2 )?rows/);
    },
  );

  it('takes a report and stays a pipe; a link to a report stays a link', async () => {
    const [{ exitCode }, report] = await Promise.all([
      lorch('check rows.jsonl --sarif pipe'),
      readFile(pipe, 'utf8'),
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(report)).toMatchObject({ version: '2.1.0' });
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    writeFileSync(join(dir, 'report.sarif'), 'old');
    symlinkSync('report.sarif', join(dir, 'link.sarif'));
    expect((await lorch('check rows.jsonl --sarif link.sarif')).exitCode).toBe(0);
    expect(lstatSync(join(dir, 'link.sarif')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dir, 'report.sarif'), 'utf8')).toBe(report.replaceAll('pipe', 'report.sarif'));
  });
});

it.each([
  '{"lorch_undo":1}',
  '{"lorch_undo":1,"out":5,"rows_sha256":"x","rows":1}',
  '{"lorch_undo":1,"out":"../rows.jsonl","rows_sha256":"x","rows":1}',
  '{"row":"a","text":7}\n{"lorch_undo":1,"out":"rows.jsonl","rows_sha256":"x","rows":1}',
  'null\n{"lorch_undo":1,"out":"rows.jsonl","rows_sha256":"x","rows":1}',
])('%s is no undo file', async (text) => {
  writeFileSync(join(dir, 'rows.undo.jsonl'), `${text}\n`);
  const { exitCode, stderr } = await lorch('dedup --undo rows.undo.jsonl -o restored.jsonl');
  expect([exitCode, stderr.includes('D166')]).toEqual([2, true]);
});
