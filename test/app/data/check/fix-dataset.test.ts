// `lorch data check --fix`: what is shown, what is written, and that it is done once.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/diagnostics/finding.ts';
import { runCli } from '../../../run-cli.ts';

const top = mkdtempSync(join(tmpdir(), 'lorch-fix-'));
afterAll(() => rmSync(top, { recursive: true }));

let dir = '';
let number = 0;
beforeEach(() => {
  number += 1;
  dir = join(top, String(number));
  mkdirSync(dir);
});

const check = (...args: string[]) => runCli(['data', 'check', ...args], { cwd: dir });
const put = (name: string, text: string | Buffer) => writeFileSync(join(dir, name), text);
const get = (name: string) => readFileSync(join(dir, name), 'utf8');

const spaced = '{"output":"Blue.  \\n", "instruction":"Name a colour.","n":1.0,"input":""}';
const mended = '{"output":"Blue.", "instruction":"Name a colour.","n":1.0,"input":""}';
const clean = '{"instruction":"Name a fish.","input":"","output":"Cod."}';

describe('fixes', () => {
  it('are shown as differences that are readable without colour, and write nothing', async () => {
    put('rows.jsonl', `${clean}\n${spaced}\n`);
    const { stdout, exitCode } = await check('rows.jsonl', '--fix');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('D109 outer-space: 1 fix\n  rows.jsonl:2:17  /output\n    Blue.[-··\\n-]\n');
    expect(stdout).toContain('1 row would change; -o OUT writes them into a copy');
    expect(stdout).toContain('2 rows: 2 kept\n');
    expect(get('rows.jsonl')).toBe(`${clean}\n${spaced}\n`);
  });

  it('are written into a copy in which every other byte is the same', async () => {
    const broken = Buffer.from('{"instruction":"a","input":"","output":"\xff"}', 'latin1');
    const before = [Buffer.from(`${clean}\r\n\n{oops\n`), broken, Buffer.from(`\n  ${spaced}\t\r\n${clean}`)];
    put('rows.jsonl', Buffer.concat(before));
    const { stdout, exitCode } = await check('rows.jsonl', '--fix', '-o', 'out.jsonl');
    // The faulty rows are still there, and still found.
    expect(exitCode).toBe(1);
    expect(stdout).toContain('5 rows: 2 kept (1 fixed), 3 would be dropped');
    const after = Buffer.concat(before).toString('latin1').replace(spaced, mended);
    expect(readFileSync(join(dir, 'out.jsonl'), 'latin1')).toBe(after);
    const ledger = get('out.jsonl.ledger.jsonl')
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as object);
    expect(ledger).toHaveLength(5);
    expect(ledger[3]).toEqual({
      row: 3,
      file: 'rows.jsonl',
      line: 5,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      fate: 'fixed',
      code: 'D109',
    });
    expect(ledger[1]).toMatchObject({ row: 1, line: 3, fingerprint: null, fate: 'kept' });
  });

  it('keep an array an array, and refuse a name that promises something else', async () => {
    put('rows.json', `[\n  ${clean},\n  ${spaced}\n]\n`);
    const refused = await check('rows.json', '--fix', '-o', 'out.jsonl');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('D199')]);
    expect((await check('rows.json', '--fix', '-o', 'out.json')).exitCode).toBe(0);
    expect(get('out.json')).toBe(get('rows.json').replace(spaced, mended));
  });

  it('never go over a file, nor into two files at once', async () => {
    put('rows.jsonl', `${spaced}\n`);
    put('more.jsonl', `${clean}\n`);
    for (const out of ['rows.jsonl', 'more.jsonl'])
      expect((await check('rows.jsonl', '--fix', '-o', out)).stderr).toContain('D095');
    expect((await check('rows.jsonl', 'more.jsonl', '--fix', '-o', 'out.jsonl')).stderr).toContain('D199');
    expect([get('rows.jsonl'), get('more.jsonl')]).toEqual([`${spaced}\n`, `${clean}\n`]);
    expect(existsSync(join(dir, 'out.jsonl'))).toBe(false);
  });

  it('are in the JSON, with where they went', async () => {
    put('rows.jsonl', `${clean}\n${spaced}\n`);
    const shown = (await check('rows.jsonl', '--fix', '--json')).json();
    expect(shown).toMatchObject({
      fixes: { written_to: null, rows: 1, applied: { D109: 1 }, skipped: {} },
      ledger: { kept: 2, fixed: 0 },
    });
    const written = (await check('rows.jsonl', '--fix', '-o', 'out.jsonl', '--json')).json();
    expect(written).toMatchObject({
      fixes: { written_to: 'out.jsonl', rows: 1 },
      ledger: { kept: 2, fixed: 1 },
    });
  });

  it('end: what is fixed is not found again, and a clean dataset is copied unchanged', async () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '\r\n',
      '\u200b',
      '\u00a0',
      'Blue',
      'The sea.',
      'é',
      '"',
      '\\',
      '😀',
    );
    const answer = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    let rounds = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 6 }), async (answers) => {
        rounds += 1;
        const rows = answers.map((output, n) =>
          JSON.stringify({ instruction: `Task ${n}?`, input: '', output }),
        );
        put('rows.jsonl', rows.map((each) => `${each}\n`).join(''));
        let from = 'rows.jsonl';
        // A fix may uncover another: a space that stood behind an invisible character.
        for (let round = 0; round < 4; round += 1) {
          const out = `out-${rounds}-${round}.jsonl`;
          const { fixes, findings } = (await check(from, '--fix', '-o', out, '--json')).json() as {
            fixes: { rows: number };
            findings: Finding[];
          };
          expect(fixes.rows === 0).toBe(get(out) === get(from));
          if (fixes.rows === 0) {
            expect(findings.filter(({ fix }) => fix)).toEqual([]);
            return;
          }
          from = out;
        }
        expect.fail('fixes never come to an end');
      }),
      { seed: 13, numRuns: 60 },
    );
  });
});
