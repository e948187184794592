// `lorch data dedup` as a user types it.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliOptions, runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-dedup-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[], options: CliOptions = {}) =>
  runCli(['data', 'dedup', ...args], { cwd: dir, ...options });
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
const read = (name: string) => readFileSync(join(dir, name), 'utf8');
const lines = (name: string) => read(name).trimEnd().split('\n');

const tea =
  'Warm the pot, add one spoon of leaves for each cup, pour boiling water, and wait for four minutes.';
const row = (instruction: string, output: string) => JSON.stringify({ instruction, input: '', output });
const rows = [
  row('How is tea made?', tea),
  row('Name a river in France.', 'The Loire is the longest river that flows in France.'),
  '{ "instruction" : "how is tea made?",  "input":"", "output": ' +
    JSON.stringify(tea.replace('Warm the pot, ', 'warm the pot,  ')) +
    ' , "n": 1.50 }',
  row('How is tea made?', tea.replace('four', 'seven')),
  '{"instruction": "broken',
  row('What is 12 + 30, and how do you add the two numbers?', 'The sum of 12 and 30 is 42.'),
  row('What is 1 + 2, and how do you add the two numbers?', 'The sum of 1 and 2 is 3.'),
];
put('train.jsonl', `${rows.slice(0, 5).join('\n')}\n\n${rows[5]}\r\n${rows[6]}`);
put('val.jsonl', `${row('how is tea made?', tea)}\n`);
put(
  'bench.json',
  JSON.stringify([
    { id: 7, text: ['What is 12 + 30, and how do you add the two numbers?', 'The sum of 12 and 30 is 42.'] },
  ]),
);

describe('the report', () => {
  it('says what the pairs mean, shows their differences, and what would be dropped', async () => {
    const { stdout, exitCode } = await lorch(['train.jsonl', '--near', '0.6', '--bands']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "train.jsonl  7 rows, 3 of them in 1 group of near-duplicates
      repeated exactly: 2 prompts, 1 answer
      not compared because of errors, and kept: 1 D001 (see lorch data check)

      class	pairs	meaning
      same	1	the same prompt and answer
      conflict	2	the same prompt, different answers: kept, for you to decide

      similarity	pairs
      0.6 to below 0.7	0
      0.7 to below 0.8	0
      0.8 to below 0.9	2
      0.9 to 1	1

      Largest groups
        3 rows, 1 to drop; keeps train.jsonl:1 (first row): train.jsonl:1, train.jsonl:3, train.jsonl:4

      Pairs
        same 1.00  train.jsonl:1  train.jsonl:3
          prompt [-How-]{+how+} is tea made?
          answer [-Warm-]{+warm+} the pot,[- -]{+  +}add one spoon of leaves for each cup, po …
        conflict 0.83  train.jsonl:1  train.jsonl:4
          prompt = How is tea made?
          answer … h cup, pour boiling water, and wait for [-four-]{+seven+} minutes.
        … and 1 more

      -o OUT would drop 1 row (1 D160)
      "
    `);
  });

  it('masks secrets and personal data', async () => {
    const key = 'AKIA4RTGH7NQ2XK9ZL5M';
    const say = (end: string) => row(`Keep the key ${key} safe for me.`, `I keep ${key} safe for you ${end}`);
    put('secrets.jsonl', `${say('now')}\n${say('then')}\n`);
    const { stdout } = await lorch(['secrets.jsonl', '--near', '0.5']);
    expect(stdout).toContain(`Keep the key ${'*'.repeat(key.length)} safe`);
    expect(stdout).not.toContain(key);
  });

  it('is coloured where the terminal is, and says the same', async () => {
    const plain = await lorch(['train.jsonl'], { tty: true });
    const coloured = await lorch(['train.jsonl'], { tty: true, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes
    const codes = /\u001b\[\d+m/g;
    expect(coloured.stdout).toMatch(codes);
    expect(coloured.stdout.replace(codes, '')).toBe(plain.stdout);
  });

  it('gives scripts the fixed JSON: rows numbered over all files, faulty ones included, every pair in order', async () => {
    const result = await lorch(['val.jsonl', 'train.jsonl', '--near', '0.7', '--json']);
    expect(result.stdout.startsWith('{\n  "lorch": 1,')).toBe(true);
    const { rows: count, groups, pairs, unread, classes } = result.json();
    expect({ count, groups, pairs, unread, classes }).toEqual({
      count: 8,
      groups: [{ kept: 0, members: [0, 1, 3, 4], reason: 'first row', dropped: [1, 3] }],
      pairs: [
        { a: 0, b: 1, jaccard: 1, class: 'same' },
        { a: 0, b: 3, jaccard: 1, class: 'same' },
        { a: 0, b: 4, jaccard: 19 / 23, class: 'conflict' },
        { a: 1, b: 3, jaccard: 1, class: 'same' },
        { a: 1, b: 4, jaccard: 19 / 23, class: 'conflict' },
        { a: 3, b: 4, jaccard: 19 / 23, class: 'conflict' },
      ],
      unread: { D001: 1 },
      classes: { same: 3, conflict: 3, template: 0, other: 0 },
    });
  });

  it('reads stdin, twice', async () => {
    const { exitCode, json } = await lorch(['-', '--json'], { stdin: read('train.jsonl') });
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ rows: 7, classes: { same: 1, conflict: 2, template: 0, other: 0 } });
  });

  it('finds the same pairs in lines and in an array', async () => {
    put('train.json', `[${rows.filter((each) => each.endsWith('}')).join(',\n')}]`);
    const pairsOf = async (name: string) => (await lorch([name, '--near', '0.5', '--json'])).json().classes;
    expect(await pairsOf('train.json')).toEqual(await pairsOf('train.jsonl'));
  });
});

describe('leaks', () => {
  it('exit 1 while they stay, and name both places', async () => {
    const args = ['train.jsonl', '--validation', 'val.jsonl', '--against', 'bench.json'];
    const { stdout, exitCode } = await lorch(args);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('train.jsonl:1  D163 same 1.00  validation val.jsonl:1');
    expect(stdout).toMatch(/train\.jsonl:7 {2}D164 other 1\.00 {2}benchmark bench\.json:1/);
    const { leaks, dropped } = (await lorch([...args, '--json'])).json();
    expect(leaks).toEqual([
      { row: 0, side: 'validation', of: { file: 'val.jsonl', line: 1 }, jaccard: 1, class: 'same' },
      { row: 2, side: 'validation', of: { file: 'val.jsonl', line: 1 }, jaccard: 1, class: 'same' },
      { row: 3, side: 'validation', of: { file: 'val.jsonl', line: 1 }, jaccard: 19 / 23, class: 'conflict' },
      { row: 5, side: 'benchmark', of: { file: 'bench.json', line: 1 }, jaccard: 1, class: 'other' },
    ]);
    expect(dropped).toEqual([
      { row: 0, code: 'D163', of: { file: 'val.jsonl', line: 1 } },
      { row: 2, code: 'D163', of: { file: 'val.jsonl', line: 1 } },
      { row: 3, code: 'D163', of: { file: 'val.jsonl', line: 1 } },
    ]);
  });

  it('exit 0 once they are dropped', async () => {
    const args = ['train.jsonl', '--validation', 'val.jsonl', '--action', 'drop', '-o', 'clean.jsonl'];
    expect((await lorch(args)).exitCode).toBe(0);
    expect((await lorch(['clean.jsonl', '--validation', 'val.jsonl'])).exitCode).toBe(0);
  });

  it('compare prompts alone where asked', async () => {
    put('questions.jsonl', '{"question": "name a river in France.", "answer": "Seine"}\n');
    const { exitCode, stdout } = await lorch([
      'train.jsonl',
      '--against',
      'questions.jsonl',
      '--key',
      'prompt',
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('train.jsonl:2  D164 conflict 1.00  benchmark questions.jsonl:1');
  });
});

describe('a pair with the same texts', () => {
  const asked = { role: 'user', content: 'What is the weather like in Oslo today, and do I need a coat?' };
  const said = { role: 'assistant', content: 'It is cold and wet in Oslo today, so take a coat.' };
  const tool = (name: string) => [{ type: 'function', function: { name, parameters: { type: 'object' } } }];

  it.each([
    ['tools', { messages: [asked, said], tools: tool('weather') }, 'tools differ: '],
    [
      'roles',
      { messages: [{ ...asked, role: 'system' }, said] },
      'roles differ: [-user-]{+system+}, assistant',
    ],
    [
      'what is trained on',
      { messages: [asked, { ...said, train: false }] },
      'trained on differs: [-all answers-]{+no yes+}',
    ],
    [
      'reasoning',
      { messages: [asked, { ...said, reasoning_content: 'Oslo is north.' }] },
      'reasoning differs: ',
    ],
  ])('says that %s differ', async (_what, other, shown) => {
    const more = [
      { role: 'user', content: 'Thank you. And in Bergen?' },
      { role: 'assistant', content: 'It rains.' },
    ];
    const pair = [{ messages: [asked, said] }, other].map(({ messages, ...rest }) =>
      JSON.stringify({ messages: [...messages, ...more], ...rest }),
    );
    put('pair.jsonl', pair.join('\n'));
    const { stdout } = await lorch(['pair.jsonl', '--near', '0.8']);
    expect(stdout).toMatch(/ 1\.00 {2}pair\.jsonl:1/);
    expect(stdout).toContain(shown);
  });
});

describe('writing', () => {
  it('keeps the text of each row, and accounts for every one', async () => {
    const { exitCode, stdout, stderr } = await lorch(['train.jsonl', '--keep', 'first', '-o', 'out.jsonl']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('6 of 7 rows written');
    expect(stderr).toContain('lorch data dedup --undo');
    expect(lines('out.jsonl')).toEqual(rows.filter((_, i) => i !== 2));
    const ledger = lines('out.jsonl.ledger.jsonl').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(ledger.map(({ row: n, fate }) => [n, fate])).toEqual(
      rows.map((_, i) => [i, i === 2 ? 'dropped' : 'kept']),
    );
    expect(ledger[2]).toMatchObject({ code: 'D160', line: 3, of: 0 });
    expect(ledger[4]).toMatchObject({ fingerprint: null });
    expect(ledger[6]).toMatchObject({
      line: 8,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    expect(readdirSync(dir).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('says how many pairs it does not show', async () => {
    const same = Array.from({ length: 4 }, (_, i) => row(`How is${' '.repeat(i + 1)}tea made?`, tea));
    put('four.jsonl', same.join('\n'));
    const { stdout } = await lorch(['four.jsonl']);
    expect(stdout).toContain('same\t6\t');
    expect(stdout).toContain('… and 5 more');
  });

  it('finds nothing more to drop in what it wrote', async () => {
    expect((await lorch(['out.jsonl', '--json'])).json().dropped).toEqual([]);
  });

  it('puts the dropped rows back, byte for byte, where they stood', async () => {
    const { exitCode, stderr } = await lorch(['--undo', 'out.jsonl.undo.jsonl', '-o', 'back.jsonl']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('7 rows, 1 of them put back');
    expect(lines('back.jsonl')).toEqual(rows);
  });

  it('writes ledger and lineage for what was put back, as for any output', async () => {
    const ledger = lines('back.jsonl.ledger.jsonl').map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    // Rows are numbered over both files that they come from: the six that had stayed, and the one that had gone.
    expect(ledger.map(({ row: n, file, fate }) => [n, file, fate])).toEqual(
      [0, 1, 6, 2, 3, 4, 5].map((n) => [n, n === 6 ? 'out.jsonl.undo.jsonl' : 'out.jsonl', 'kept']),
    );
    expect(ledger.every(({ fingerprint }, i) => (i === 4 ? fingerprint === null : fingerprint))).toBe(true);
    const lineage = JSON.parse(read('back.jsonl.lineage.json')) as Record<string, unknown>;
    expect(lineage).toMatchObject({
      rows: 7,
      made_by: { command: 'data dedup --undo' },
      parents: [
        { path: 'out.jsonl', rows: 6 },
        { path: 'out.jsonl.undo.jsonl', rows: 1 },
      ],
      ledger: { rows_in: 7, kept: 7, dropped: {} },
    });
    const versions = await runCli(['data', 'versions', 'back.jsonl'], { cwd: dir });
    expect(versions.exitCode).toBe(0);
    expect(versions.stdout).toContain('train.jsonl  7 rows  as recorded');
  });

  it('names files as the user did, and what to type next', async () => {
    const { stdout, stderr } = await lorch(['train.jsonl', '-o', 'named.jsonl']);
    expect(stdout + stderr).not.toContain(dir);
    expect(stderr).toContain('undo: lorch data dedup --undo named.jsonl.undo.jsonl -o FILE');
    expect(stderr).toContain('next: lorch data review named.jsonl');
    const again = await lorch(['train.jsonl', '-o', 'named.jsonl']);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain('error D095 named.jsonl already exists');
    expect((await lorch(['train.jsonl'])).stderr).toContain(
      'next: lorch data dedup train.jsonl -o NEW.jsonl',
    );
  });

  it('keeps the longest or the best where asked', async () => {
    await lorch(['train.jsonl', '--keep', 'longest', '-o', 'longest.jsonl']);
    expect(lines('longest.jsonl')).toEqual(rows.filter((_, i) => i !== 0));
    // Row 2 has a key that means nothing, which is a finding.
    const best = await lorch(['train.jsonl', '--keep', 'best', '--json']);
    expect(best.json().groups).toMatchObject([{ kept: 0, reason: 'fewest findings' }]);
  });

  it('writes an array where the name says so, and rows of an array onto lines', async () => {
    put(
      'pretty.json',
      JSON.stringify(
        rows.slice(0, 2).map((each) => JSON.parse(each) as unknown),
        null,
        2,
      ),
    );
    expect((await lorch(['pretty.json', '-o', 'flat.jsonl'])).exitCode).toBe(0);
    expect(lines('flat.jsonl').map((line) => JSON.parse(line) as unknown)).toEqual(
      JSON.parse(read('pretty.json')),
    );
    expect((await lorch(['train.json', '-o', 'array.json'])).exitCode).toBe(0);
    expect(JSON.parse(read('array.json'))).toHaveLength(5);
    await lorch(['--undo', 'array.json.undo.jsonl', '-o', 'array-back.json']);
    expect(JSON.parse(read('array-back.json'))).toEqual(JSON.parse(read('train.json')));
  });

  it('says where the file came from, and leaves its companions out of patterns', async () => {
    const { made_by, parents, ledger, rows: written } = JSON.parse(read('out.jsonl.lineage.json'));
    expect(made_by).toMatchObject({ command: 'data dedup', options: { near: 0.8, action: 'by_class' } });
    expect(parents).toMatchObject([{ path: 'train.jsonl', rows: 7 }]);
    expect([ledger, written]).toEqual([{ rows_in: 7, kept: 6, fixed: 0, dropped: { D160: 1 } }, 6]);
    expect((await lorch(['out*', '--json'])).json().files).toMatchObject([{ path: 'out.jsonl' }]);
    await lorch(['-', '-o', 'piped.jsonl'], { stdin: read('train.jsonl') });
    expect(JSON.parse(read('piped.jsonl.lineage.json')).parents).toMatchObject([{ path: null, rows: 7 }]);
    expect(read('piped.jsonl')).toBe(read('out.jsonl'));
  });

  it('reads compressed lines and CSV, and writes lines', async () => {
    writeFileSync(join(dir, 'packed.jsonl.gz'), gzipSync(read('train.jsonl')));
    await lorch(['packed.jsonl.gz', '-o', 'unpacked.jsonl']);
    expect(read('unpacked.jsonl')).toBe(read('out.jsonl'));
    put('table.csv', `instruction,output\n"How is tea made?","${tea}"\n"how is tea made?","${tea}"\n`);
    const { json } = await lorch(['table.csv', '-o', 'table.jsonl', '--json']);
    expect(json()).toMatchObject({ rows: 2, pairs: [{ a: 0, b: 1, class: 'same' }] });
    expect(lines('table.jsonl').map((line) => JSON.parse(line) as unknown)).toEqual([
      { instruction: 'How is tea made?', output: tea },
    ]);
  });

  it('overwrites nothing, and leaves nothing half done', async () => {
    const before = read('out.jsonl');
    for (const taken of ['out.jsonl', 'fresh.jsonl']) {
      put('fresh.jsonl.undo.jsonl', 'mine');
      const { exitCode, stderr } = await lorch(['train.jsonl', '-o', taken]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('D095');
    }
    expect(read('out.jsonl')).toBe(before);
    expect(existsSync(join(dir, 'fresh.jsonl'))).toBe(false);
  });

  it('refuses to copy a row that it could not read, and to restore onto a changed file', async () => {
    writeFileSync(
      join(dir, 'latin.jsonl'),
      Buffer.concat([Buffer.from(`${rows[0]}\n`), Buffer.from([0x7b, 0xe9, 0x0a])]),
    );
    const latin = await lorch(['latin.jsonl', '-o', 'latin-out.jsonl']);
    expect([latin.exitCode, latin.stderr]).toEqual([2, expect.stringContaining('D168')]);
    expect(existsSync(join(dir, 'latin-out.jsonl'))).toBe(false);

    put('out.jsonl', `${read('out.jsonl')}${rows[0]}\n`);
    const changed = await lorch(['--undo', 'out.jsonl.undo.jsonl', '-o', 'again.jsonl']);
    expect([changed.exitCode, changed.stderr]).toEqual([2, expect.stringContaining('D167')]);
    const wrong = await lorch(['--undo', 'train.jsonl', '-o', 'again.jsonl']);
    expect(wrong.stderr).toContain('D166');
  });

  it('names what is wrong with its options', async () => {
    expect((await lorch([])).stderr).toContain("missing required argument 'dataset'");
    expect((await lorch(['train.jsonl', '--undo', 'x'])).exitCode).toBe(2);
    expect((await lorch(['train.jsonl', '--near', '80'])).stderr).toContain('D165');
    expect((await lorch(['train.jsonl', '--n', '9'])).stderr).toContain('from 1 to 5');
    expect((await lorch(['none.jsonl'])).stderr).toContain('D090');
  });
});
