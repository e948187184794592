// Split, sample, diff and versions as a user types them.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scanConfig } from '../../../src/app/plan/scan-config.ts';
import { datasetSection } from '../../../src/config/schema/dataset.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-split-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[], options: CliOptions = {}) =>
  runCli(['data', ...args], { cwd: dir, ...options });
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
const read = (name: string) => readFileSync(join(dir, name), 'utf8');
const lines = (name: string) =>
  read(name)
    .split('\n')
    .filter((line) => line !== '');
const ledgerOf = (name: string) => lines(name).map((line) => JSON.parse(line) as Record<string, unknown>);

// Spaces, number forms and key order that no JSON writer of ours would make: rows must come out as they went in.
const rowText = (n: number) =>
  `{"output" : "Answer ${n}.",  "instruction":"Question ${n}?", "input":"", "n": ${n}.0}`;
const texts = [
  ...Array.from({ length: 60 }, (_, n) => rowText(n)),
  rowText(3),
  '{"instruction":"No answer","input":"","output":""}',
  '{broken',
];
put('rows.jsonl', `${texts.join('\n')}\n`);

describe('lorch data split', () => {
  it('writes each row untouched to one side, and accounts for all of them', async () => {
    const { exitCode, json } = await lorch([
      ...['split', 'rows.jsonl', '--validation', '0.2', '-o', 'plain', '--on-error', 'drop', '--json'],
    ]);
    expect(exitCode).toBe(0);
    const said = json() as { train: { rows: number }; validation: { rows: number } };
    const written = [...lines('plain/train.jsonl'), ...lines('plain/validation.jsonl')];
    expect(written.sort()).toEqual(texts.slice(0, 60).sort());
    expect(said.train.rows).toBe(lines('plain/train.jsonl').length);
    expect(said.validation.rows).toBe(lines('plain/validation.jsonl').length);
    const ledger = ledgerOf('plain/train.jsonl.ledger.jsonl').sort((a, b) => Number(a.row) - Number(b.row));
    expect(ledger.map(({ row }) => row)).toEqual([...texts.keys()]);
    expect(ledger.slice(60)).toMatchObject([
      { line: 61, fate: 'dropped', code: 'D050', of: 3 },
      { line: 62, fate: 'dropped', code: 'D014' },
      { line: 63, fate: 'dropped', code: 'D001', fingerprint: null },
    ]);
    for (const { line, fate } of ledger.slice(0, 60))
      expect(lines(`plain/${fate}.jsonl`)).toContain(texts[Number(line) - 1]);
  });

  it.each([
    [undefined, undefined],
    ['length', undefined],
    ['label', undefined],
    ['source:n', 0.7],
    [undefined, 0.5],
  ])(
    'is the split that a run of the same settings makes (stratify: %s, near: %s)',
    async (stratify, near) => {
      const out = `run-${stratify}-${near}`;
      const args = ['--validation', '0.1', '--seed', '7', '--on-error', 'drop', '-o', out];
      const kind = stratify ? ['--stratify', stratify] : [];
      await lorch(['split', 'rows.jsonl', ...args, ...kind, ...(near ? ['--near', `${near}`] : [])]);
      const section = datasetSection.parse({
        train: 'rows.jsonl',
        validation: { fraction: 0.1, seed: 7, ...(stratify && { stratify }) },
        ...(near && { duplicates: { near: { threshold: near, action: 'keep' } } }),
        on_error: 'drop',
      });
      const scope = { root: dir, cacheDir: dir, checks: null, env: {}, onProgress: () => undefined };
      const { ledger, result } = await scanConfig(scope, section, join(dir, `plan-${stratify}-${near}`));
      expect(lines(`${out}/train.jsonl.ledger.jsonl`).map((line) => JSON.parse(line) as unknown)).toEqual(
        readFileSync(ledger, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      );
      expect(result.validation.rows).toBe(lines(`${out}/validation.jsonl`).length);
    },
  );

  it('moves no row when others come in', async () => {
    put(
      'more.jsonl',
      `${[...Array(40).keys()].map((n) => rowText(n + 100)).join('\n')}\n${read('rows.jsonl')}`,
    );
    await lorch(['split', 'more.jsonl', '--validation', '0.2', '-o', 'more', '--on-error', 'drop']);
    const validation = new Set(lines('more/validation.jsonl'));
    for (const row of lines('plain/validation.jsonl')) expect(validation).toContain(row);
    for (const row of lines('plain/train.jsonl')) expect(validation).not.toContain(row);
  });

  it('holds out the same fraction of each label', async () => {
    const label = (n: number) => (n % 4 === 0 ? 'billing' : 'other');
    put(
      'labels.jsonl',
      [...Array(400).keys()]
        .map((n) => `${JSON.stringify({ instruction: `Ticket ${n}`, input: '', output: label(n) })}\n`)
        .join(''),
    );
    const args = [
      'split',
      'labels.jsonl',
      '--stratify',
      'label',
      '--train',
      't.json',
      '--validation-out',
      'v.json',
    ];
    const { json } = await lorch([...args, '--json']);
    expect(json().strata).toEqual([
      { name: 'billing', train: 95, validation: 5 },
      { name: 'other', train: 285, validation: 15 },
    ]);
    expect(JSON.parse(read('v.json'))).toHaveLength(20);
    expect(existsSync(join(dir, 't.json.ledger.jsonl'))).toBe(true);
  });

  it('keeps near-duplicates on one side, and is the plain split where there are none', async () => {
    const words = (n: number) => [...Array(12).keys()].map((i) => `word${n * 12 + i}`).join(' ');
    const near = (n: number) => `Please tell me about ${words(n)} in a few words`;
    const text = (prompt: string) =>
      `${JSON.stringify({ instruction: prompt, input: '', output: 'As you wish.' })}\n`;
    const numbers = [...Array(80).keys()];
    put('alone.jsonl', numbers.map((n) => text(near(n))).join(''));
    put('pairs.jsonl', numbers.map((n) => text(near(n)) + text(`${near(n)} today`)).join(''));
    const args = ['--validation', '0.3', '--near', '0.7'];
    await lorch(['split', 'pairs.jsonl', ...args, '-o', 'near']);
    const validation = read('near/validation.jsonl');
    const together = numbers.filter(
      (n) => validation.includes(text(near(n))) === validation.includes(text(`${near(n)} today`)),
    );
    expect(together).toEqual(numbers);
    expect(lines('near/validation.jsonl').length).toBeGreaterThan(10);
    await lorch(['split', 'alone.jsonl', ...args, '-o', 'near-alone']);
    await lorch(['split', 'alone.jsonl', '--validation', '0.3', '-o', 'plain-alone']);
    expect(read('near-alone/validation.jsonl')).toBe(read('plain-alone/validation.jsonl'));
  });

  it('reads stdin, twice where it must', async () => {
    const { json } = await lorch(
      ['split', '-', '--stratify', 'label', '-o', 'piped', '--on-error', 'drop', '--json'],
      { stdin: read('rows.jsonl') },
    );
    expect(json()).toMatchObject({ done: true, rows: texts.length, ledger: { kept: 60 } });
    expect(JSON.parse(read('piped/train.jsonl.lineage.json'))).toMatchObject({ parents: [{ path: null }] });
  });

  it('writes nothing where rows have errors, where a file exists, or where formats differ', async () => {
    const refused = await lorch(['split', 'rows.jsonl', '-o', 'none']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('rows.jsonl:62:');
    expect(existsSync(join(dir, 'none')) ? readdirSync(join(dir, 'none')) : []).toEqual([]);
    const before = read('plain/train.jsonl');
    rmSync(join(dir, 'plain/validation.jsonl'));
    const again = await lorch(['split', 'rows.jsonl', '-o', 'plain', '--on-error', 'drop']);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain('D095');
    expect(read('plain/train.jsonl')).toBe(before);
    expect(existsSync(join(dir, 'plain/validation.jsonl'))).toBe(false);
    put('chat.jsonl', '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yo."}]}\n');
    const mixed = await lorch(['split', 'labels.jsonl', 'chat.jsonl', '-o', 'none']);
    expect(mixed.stderr).toContain('D196');
    expect(existsSync(join(dir, 'none')) ? readdirSync(join(dir, 'none')) : []).toEqual([]);
  });

  it.each([
    ['--validation', '1'],
    ['--validation', ''],
    ['--seed', '-1'],
    ['--stratify', 'colour'],
    ['--near', '80'],
    ['--near', 'x'],
    ['--train', 'x.jsonl'],
  ])('refuses %s %s', async (...args) => {
    const { exitCode } = await lorch(['split', 'labels.jsonl', '-o', 'never', ...args]);
    expect(exitCode).toBe(2);
  });
});

describe('lorch data sample', () => {
  it('names dropped rows by code: a repeated row is not an error', async () => {
    put('twice.jsonl', `${rowText(1)}\n${rowText(1)}\n${rowText(2)}\n`);
    const { stderr } = await lorch(['sample', 'twice.jsonl', '-n', '1']);
    expect(stderr).toContain('1 of 2 rows (skipped: 1 D050)');
  });

  it('shows rows as JSON with all the digits that they hold', async () => {
    put('digits.jsonl', '{"instruction":"Hi","output":"Yes","id":9007199254740993,"x":1.0}\n');
    const { stdout, json } = await lorch(['sample', 'digits.jsonl', '--json']);
    expect(stdout).toContain('"id":9007199254740993,"x":1.0}');
    expect(json().drawn).toMatchObject([{ row: 0, value: { output: 'Yes' } }]);
  });

  it("draws by the dataset's own permutation, for any order and format of the rows", async () => {
    const drawn = async (file: string, n: string) => {
      const { json } = await lorch(['sample', file, '-n', n, '--json']);
      return (json().drawn as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint);
    };
    const { json } = await lorch(['sample', 'labels.jsonl', '--json']);
    const fingerprint = String(json().fingerprint);
    const rank = (row: string) =>
      createHash('sha256')
        .update(Buffer.from(fingerprint + row, 'hex'))
        .digest('hex');
    const fifty = await drawn('labels.jsonl', '50');
    const all = await drawn('labels.jsonl', '1000');
    expect(all).toHaveLength(400);
    expect(all).toEqual([...all].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)));
    expect(fifty).toEqual(all.slice(0, 50));
    put('reversed.jsonl', `${lines('labels.jsonl').reverse().join('\n')}\n`);
    expect(await drawn('reversed.jsonl', '50')).toEqual(fifty);
    await lorch(['convert', 'labels.jsonl', '--to', 'chatml', '-o', 'labels-chatml.jsonl']);
    expect(await drawn('labels-chatml.jsonl', '50')).toEqual(fifty);
  });

  it('gives raw rows to a pipe and to a file, and turns to a terminal', async () => {
    const piped = await lorch(['sample', 'rows.jsonl', '-n', '4']);
    const rows = piped.stdout.trim().split('\n');
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(texts).toContain(row);
    await lorch(['sample', 'rows.jsonl', '-n', '4', '-o', 'four.jsonl']);
    expect(read('four.jsonl')).toBe(piped.stdout);
    const shown = await lorch(['sample', 'rows.jsonl', '-n', '1'], { tty: true });
    const place = texts.indexOf(rows[0] ?? '') + 1;
    const n = JSON.parse(rows[0] ?? '') as { n: number };
    expect(shown.stdout).toBe(
      `rows.jsonl:${place}  row ${place - 1}\nuser\n  Question ${n.n}?\n\nassistant\n  Answer ${n.n}.\n\nother fields\n  n: ${n.n}\n`,
    );
  });

  it('masks private data on a terminal, unless --raw; written rows are unchanged', async () => {
    const secret = 'ghp_12345678901234567890abcdefabcdefabcd';
    put(
      'keys.jsonl',
      JSON.stringify({ instruction: 'Which key?', output: secret, by: 'r.keller@riverbank.net' }),
    );
    const sample = ['sample', 'keys.jsonl'];
    const shown = await lorch(sample, { tty: true });
    expect(shown.stdout).toContain('*'.repeat(secret.length));
    expect(shown.stdout).not.toMatch(/ghp_|keller/);
    for (const raw of [
      await lorch([...sample, '--raw'], { tty: true }),
      await lorch(sample),
      await lorch([...sample, '--json'], { tty: true }),
    ])
      expect(raw.stdout).toMatch(/ghp_.*keller/s);
  });

  it('looks around by finding: rows of each code, none without', async () => {
    put(
      'odd.jsonl',
      [
        ...lines('labels.jsonl').slice(0, 20),
        '{"messages_":1,"instruction":"a","input":"","output":"tail \\ufffd"}',
        '{"instruction":"b","input":"","output":"\\ufffd"}',
      ].join('\n'),
    );
    const { json } = await lorch(['sample', 'odd.jsonl', '--stratify', 'finding', '--json']);
    const { drawn, strata } = json() as { drawn: { line: number; stratum: string }[]; strata: object };
    expect(Object.entries(strata)).toContainEqual(['D036 replacement-character', 2]);
    const found = drawn.filter(({ line }) => line > 20).map(({ line }) => line);
    expect([...new Set(found)].sort()).toEqual([21, 22]);
  });
});

describe('lorch data diff', () => {
  it('says that a dataset and its conversion are the same', async () => {
    const { exitCode, json } = await lorch(['diff', 'labels.jsonl', 'labels-chatml.jsonl', '--json']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ equal: true, counts: { same: 400, moved: 0, added: 0, removed: 0 } });
  });

  it('shows changed words with both places, and exits 1', async () => {
    const chat = (answer: string, more: object = {}) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: 'Where is it?' },
          { role: 'assistant', content: answer },
        ],
        ...more,
      });
    const other = (n: number) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: `${n}?` },
          { role: 'assistant', content: 'No.' },
        ],
      });
    put('v1.jsonl', [other(1), chat('It is in the green box.'), other(2), other(3)].join('\n'));
    put('v2.jsonl', [chat('It is in the red box.'), other(2), other(4), other(1)].join('\n'));
    const { stdout, exitCode } = await lorch(['diff', 'v1.jsonl', 'v2.jsonl']);
    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/fingerprint [0-9a-f]+/g, 'fingerprint …')).toMatchInlineSnapshot(`
      "changed v1.jsonl:2 → v2.jsonl:1 same prompt
        assistant: It is in the [-green-]{+red+} box.

      removed v1.jsonl:4  3?

      added v2.jsonl:3  4?

      a v1.jsonl  4 rows, chatml, fingerprint …
      b v2.jsonl  4 rows, chatml, fingerprint …
      2 rows are the same (1 moved), 1 changed, 1 added, 1 removed
      not the same dataset
      "
    `);
  });

  it('calls nothing equal that could not be compared', async () => {
    put('bad1.jsonl', `${rowText(1)}\n{broken\n`);
    put('bad2.jsonl', `${rowText(1)}\n`);
    const { exitCode, json } = await lorch(['diff', 'bad1.jsonl', 'bad2.jsonl', '--json']);
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({ equal: false, a: { left_out: { D001: 1 } }, counts: { same: 1 } });
    const { stdout } = await lorch(['diff', 'bad1.jsonl', 'bad2.jsonl']);
    expect(stdout).toContain('no difference, except for rows with errors, which were not compared');
    // The same bytes are the same, broken or not.
    put('bad3.jsonl', read('bad1.jsonl'));
    expect((await lorch(['diff', 'bad1.jsonl', 'bad3.jsonl'])).exitCode).toBe(0);
  });

  it('reads one side from stdin, and not both', async () => {
    const piped = await lorch(['diff', '-', 'v1.jsonl'], { stdin: read('v1.jsonl') });
    expect(piped.exitCode).toBe(0);
    expect((await lorch(['diff', '-', '-'])).exitCode).toBe(2);
  });
});

describe('lorch data versions', () => {
  it('walks back to the first file, and names what was changed since', async () => {
    put('base.jsonl', lines('labels.jsonl').join('\n'));
    await lorch(['convert', 'base.jsonl', '--to', 'chatml', '-o', 'step.jsonl']);
    await lorch(['split', 'step.jsonl', '-o', 'kept']);
    await lorch(['sample', 'kept/train.jsonl', '-n', '20', '-o', 'small.jsonl']);
    const walk = async () => {
      const result = await lorch(['versions', 'small.jsonl', '--json']);
      type Version = { file: string; state: string; parents: Version[]; made_by: { command: string } | null };
      const steps: string[] = [];
      for (let at = result.json() as unknown as Version | undefined; at; at = at.parents[0])
        steps.push(`${at.file} ${at.state} ${at.made_by?.command ?? '-'}`);
      return { steps, exitCode: result.exitCode };
    };
    expect(await walk()).toEqual({
      exitCode: 0,
      steps: [
        'small.jsonl as_recorded data sample',
        'kept/train.jsonl as_recorded data split',
        'step.jsonl as_recorded data convert',
        'base.jsonl as_recorded -',
      ],
    });
    // Other bytes with the same rows; another row; no file.
    put('kept/train.jsonl', `${lines('kept/train.jsonl').reverse().join('\n')}\n`);
    put('step.jsonl', read('step.jsonl').replace('Ticket 7', 'Ticket seven'));
    rmSync(join(dir, 'base.jsonl'));
    expect(await walk()).toEqual({
      exitCode: 1,
      steps: [
        'small.jsonl as_recorded data sample',
        'kept/train.jsonl same_rows data split',
        'step.jsonl changed data convert',
        'base.jsonl gone -',
      ],
    });
  });

  it('tells of fixes too: which rows, and the file they were made in', async () => {
    put(
      'padded.jsonl',
      '{"instruction":"One?","input":"","output":"Yes. "}\n{"instruction":"Two?","input":"","output":"No."}\n',
    );
    await lorch(['check', 'padded.jsonl', '--fix', '-o', 'mended.jsonl']);
    const { json, exitCode } = await lorch(['versions', 'mended.jsonl', '--json']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      state: 'as_recorded',
      rows: 2,
      made_by: { command: 'data check --fix' },
      ledger: { rows_in: 2, kept: 2, fixed: 1 },
      parents: [{ file: 'padded.jsonl', state: 'as_recorded' }],
    });
    expect(ledgerOf('mended.jsonl.ledger.jsonl').map(({ fate }) => fate)).toEqual(['fixed', 'kept']);
  });

  it('keeps its records out of patterns, and says where one is damaged', async () => {
    const { json } = await lorch(['check', 'kept/*', '--json']);
    expect((json().files as { path: string }[]).map(({ path }) => path)).toEqual([
      'kept/train.jsonl',
      'kept/validation.jsonl',
    ]);
    put('small.jsonl.lineage.json', '{"lorch": 2}');
    const { exitCode, stderr } = await lorch(['versions', 'small.jsonl']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('D197');
    expect((await lorch(['versions', 'nothing.jsonl'])).exitCode).toBe(2);
  });
});
