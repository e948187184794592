// Rows that stand in a file in another way than one JSON object a line: read, or named with how to get them out.
import { describe, expect, it } from 'vitest';
import { scanText } from '../scan-text.ts';
import { readBytes } from './read-bytes.ts';

const rows = [
  { instruction: 'Name a böat.', output: 'A "ferry" 🚢 in\nHamburg.' },
  { instruction: 'Name a fruit.', output: 'Plum \\ cherry.' },
  { instruction: 'Name a colour.', output: '' },
];
const turns = rows.map(({ instruction, output }) => [
  { role: 'user', content: instruction },
  { role: 'assistant', content: output },
]);
const python = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll("'", "\\'")
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => `'${text.replaceAll('\\"', '"')}'`)
    .replaceAll('null', 'None')
    .replaceAll('true', 'True');

/** What is read, and where the only error is: the empty answer. */
async function read(text: string, label: string) {
  for (const chunk of [3, 65_536]) {
    const { values, remarks } = await readBytes(text, {
      label,
      chunk: chunk === 3 && text.length > 3000 ? 64 : chunk,
    });
    const { findings } = await scanText([{ text, label, chunk }], { onError: 'drop' });
    if (chunk === 65_536)
      return {
        values,
        codes: remarks.map((each) => each.slice(0, 4)),
        errors: findings.filter((f) => f.code === 'D014'),
      };
  }
  throw new Error('not read');
}

/** The text from the place of a finding on. */
function at(text: string, line = 0, column = 0): string {
  return (text.split('\n')[line - 1] ?? '').slice(column - 1);
}

const split = (pretty?: number) =>
  JSON.stringify(
    { columns: ['instruction', 'output'], index: [0, 1, 2], data: rows.map((row) => Object.values(row)) },
    null,
    pretty,
  );
const columns = {
  instruction: rows.map(({ instruction }) => instruction),
  output: rows.map(({ output }) => output),
};
const byRow = (list: string[]) => Object.fromEntries(list.entries());

describe('rows inside one object', () => {
  it.each<[string, string]>([
    ['a list', JSON.stringify({ 'vërsion 🚢': '1.0 ]}', data: rows, more: [1, { data: 2 }] })],
    ['a list, indented', JSON.stringify({ info: { data: 'x' }, data: rows }, null, 2)],
    ['a list further down', JSON.stringify({ result: { total: 3, items: rows } })],
    ['the only split', JSON.stringify({ train: rows })],
    ['a list under a key that nobody knows', JSON.stringify({ meta: { n: 3 }, faq_entries: rows })],
    ['an object by id', JSON.stringify({ 'a"': rows[0], b: rows[1], c: rows[2] })],
    ['an object by number, indented', JSON.stringify({ 0: rows[0], 1: rows[1], 2: rows[2] }, null, 1)],
    ['columns', JSON.stringify(columns)],
    ['columns, indented', JSON.stringify(columns, null, 2)],
    [
      'columns by row',
      JSON.stringify({ instruction: byRow(columns.instruction), output: byRow(columns.output) }),
    ],
    ['a table', split()],
    ['a table, indented', split(2)],
    [
      'what the viewer returns',
      JSON.stringify({
        features: [{ feature_idx: 0, name: 'instruction' }],
        rows: rows.map((row, row_idx) => ({ row_idx, row, truncated_cells: [] })),
      }),
    ],
  ])('are read, and findings stand where they are: %s', async (_, text) => {
    const { values, codes, errors } = await read(text, 'rows.json');
    expect(values).toEqual(rows);
    expect(codes).toEqual(['D210']);
    expect(errors.map(({ row }) => row)).toEqual([2]);
    const [{ line, column } = { line: 0, column: 0 }] = errors.map(({ at: place }) => ({ ...place }));
    expect(at(text, line, column).slice(0, 2)).toBe('""');
  });

  it('are read as a stream, for any chunks of bytes', async () => {
    const text = JSON.stringify({ 'ä🚢': [{}], data: rows, z: { data: [1] } }, null, 1);
    for (let chunk = 1; chunk < 40; chunk += 1)
      expect((await readBytes(text, { chunk, label: 'rows.json' })).values).toEqual(rows);
  });

  it('of several pages of the viewer are all read', async () => {
    const page = (part: typeof rows) =>
      JSON.stringify({ rows: part.map((row, i) => ({ row_idx: i, row, truncated_cells: [] })) });
    const { values } = await readBytes(`${page(rows.slice(0, 2))}\n${page(rows.slice(2))}\n`, {
      label: 'rows.jsonl',
    });
    expect(values).toEqual(rows);
  });

  it('with values that were cut off are errors', async () => {
    const text = JSON.stringify({
      rows: rows.map((row, row_idx) => ({ row_idx, row, truncated_cells: row_idx ? ['output'] : [] })),
    });
    const { result, findings } = await scanText([{ text, label: 'rows.json' }]);
    expect(result.ledger).toMatchObject({ kept: 1, dropped: { D219: 2 } });
    expect(findings.find(({ code }) => code === 'D219')?.message).toContain('"output"');
  });

  it('in several lists are not guessed: the command to get one is shown', async () => {
    const text = JSON.stringify({ train: rows, test: rows.slice(0, 1) });
    const { result, findings } = await scanText([{ text, label: 'my rows.json' }]);
    expect(result.rows).toBe(0);
    expect(findings.map(({ code }) => code)).toEqual(['D211']);
    expect(findings[0]?.message).toContain('"train", "test"');
    expect(findings[0]?.hint).toContain("jq -c '.train[]' 'my rows.json'");
  });

  it('in a second list far behind the first are named: nothing leaves without a word', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({
      instruction: `Name number ${i}.`,
      output: 'Ten.',
    }));
    const features = [{ name: 'instruction', type: 'text' }];
    for (const [read, other, code] of [
      ['train', 'test', 'D211'],
      ['data', 'more', 'D210'],
    ] as const) {
      const text = JSON.stringify({ features, [read]: many, notes: [1, [2]], [other]: rows, z: features });
      const { remarks, values } = await readBytes(text, { label: 'rows.json', chunk: 1000 });
      expect(values).toEqual(many);
      expect(remarks.slice(1)).toEqual([
        `${code} The file has rows under "${other}" as well, beside the list "${read}"; only the latter is read.`,
      ]);
    }
  });

  it('in columns of different lengths are not combined, for any length of the first column', async () => {
    for (const count of [3, 3000]) {
      const list = (length: number) => Array.from({ length }, (_, i) => `Text number ${i}, which is long.`);
      const columns = { instruction: list(count), output: list(count) };
      const whole = await readBytes(JSON.stringify(columns), { label: 'rows.json', maxRowBytes: 9_000_000 });
      expect(whole.values).toHaveLength(count);
      const { values, remarks } = await readBytes(JSON.stringify({ ...columns, input: list(count - 1) }));
      expect(values).toEqual([]);
      expect(remarks.at(-1)).toContain(
        `D212 The columns have different lengths ("instruction": ${count}, "input"`,
      );
    }
  });

  it('after any number of byte order marks are read', async () => {
    const [one, two] = rows.map((row) => JSON.stringify(row));
    for (const marks of ['\ufeff'.repeat(50_000), '\ufeff \t'.repeat(50_000)]) {
      const array = await readBytes(`[${one}]${marks}[${two}]`, { label: 'rows.json' });
      expect(array.values).toEqual(rows.slice(0, 2));
    }
    const lines = await readBytes(`${one}\n${'\ufeff'.repeat(50_000)}${two}\n`, { label: 'rows.jsonl' });
    expect(lines.values).toEqual(rows.slice(0, 2));
    expect(lines.remarks).toEqual(['D215 A byte order mark is in front of this row.']);
  });

  it('keep both values of a repeated key in their text', async () => {
    const text = `{"messages":"hello","messages":${JSON.stringify(JSON.stringify(turns[0]))}}\n`.repeat(3);
    const { findings, kept } = await scanText([{ text, label: 'rows.jsonl' }], {
      duplicates: { exact: 'keep' },
    });
    expect(kept).toHaveLength(3);
    expect(findings.filter(({ code }) => code === 'D005').map(({ at }) => at?.column)).toEqual([33, 33, 33]);
  });

  it('whose column names stand behind them are named', async () => {
    const text = JSON.stringify({
      data: rows.map((row) => Object.values(row)),
      columns: ['instruction', 'output'],
    });
    const { findings } = await scanText([{ text, label: 'rows.json' }]);
    expect(findings.map(({ code }) => code)).toEqual(['D212']);
  });

  it.each<[string, object, string]>([
    ['one row', rows[0] as object, 'alpaca'],
    ['one conversation', { messages: turns[0] }, 'chatml'],
    ['one conversation with tools of the same number', { messages: turns[0], tools: [{}, {}] }, 'chatml'],
    [
      'a pair',
      { prompt: turns[0]?.slice(0, 1), chosen: turns[0]?.slice(1), rejected: turns[1]?.slice(1) },
      'preference',
    ],
  ])('are not looked for in %s', async (_, row, format) => {
    const { result } = await scanText([{ text: JSON.stringify(row, null, 1), label: 'row.json' }]);
    expect([result.rows, result.format.name]).toEqual([1, format]);
  });

  it('are not looked for in JSON lines', async () => {
    const line = (i: number) => JSON.stringify({ id: i, data: [{ a: 1 }, { a: 2 }] });
    const { rows: read } = await readBytes(`${line(1)}\n${line(2)}\n`, { label: 'rows.jsonl' });
    expect(read.map(({ value }) => (value as { id: number }).id)).toEqual([1, 2]);
  });

  it('that are damaged cost no other row', async () => {
    const text =
      '{"data": [\n {"instruction": "a", "output": "b"},\n {"instruction": "c" "output": "d"},\n {"instruction": "e", "output": "f"}\n], "n": 3}';
    const { result, findings } = await scanText([{ text, label: 'rows.json' }]);
    expect(result.ledger).toMatchObject({ rows_in: 3, kept: 2 });
    expect(findings.find(({ code }) => code === 'D001')?.at).toMatchObject({ line: 3, column: 22 });
  });
});

describe('rows in another notation', () => {
  const lines = (write: (row: unknown) => string, list: readonly unknown[] = rows) =>
    list.map(write).join('\n');
  it.each<[string, string, string, string]>([
    ['Python, a dict a line', lines(python), 'rows.jsonl', 'D213'],
    ['Python, a list on one line', `[${rows.map(python).join(', ')}]`, 'rows.json', 'D213'],
    [
      'JSON in a string, a row a line',
      lines((row) => JSON.stringify(JSON.stringify(row))),
      'rows.jsonl',
      'D214',
    ],
    ['JSON in a string, all rows', JSON.stringify(JSON.stringify(rows)), 'rows.json', 'D214'],
    [
      'lists of one row',
      JSON.stringify(
        rows.map((row) => [row]),
        null,
        1,
      ),
      'rows.json',
      'D221',
    ],
  ])('are read, and findings stand where they are: %s', async (_, text, label, code) => {
    const { values, codes, errors } = await read(text, label);
    expect(values).toEqual(rows);
    expect(codes).toEqual([code]);
    const [{ line, column } = { line: 0, column: 0 }] = errors.map(({ at: place }) => ({ ...place }));
    expect(at(text, line, column)).toMatch(/^(?:""|''|\\"\\")/);
  });

  const conversations = turns.map((list) =>
    list.map(({ role, content }) => ({ from: role, value: content })),
  );
  const byColumn = turns.map((list) => ({
    conversations: { from: list.map(({ role }) => role), value: list.map(({ content }) => content) },
  }));
  it.each<[string, string, string]>([
    ['a list of turns a line', lines((row) => JSON.stringify(row), turns), 'D221'],
    ['an array of lists of turns', JSON.stringify(turns), 'D221'],
    ['ShareGPT turns', lines((row) => JSON.stringify(row), conversations), 'D221'],
    ['turns by column', lines((row) => JSON.stringify(row), byColumn), 'D222'],
    [
      'turns as JSON text',
      lines((row) => JSON.stringify({ id: 1, messages: JSON.stringify(row) }), turns),
      'D214',
    ],
    ['a list of turns in Python', lines(python, turns), 'D213'],
  ])('are conversations: %s', async (_, text, code) => {
    const { errors, codes } = await read(text, 'rows.jsonl');
    expect(codes[0]).toBe(code);
    expect(errors.map(({ row }) => row)).toEqual([2]);
    const [{ line, column } = { line: 0, column: 0 }] = errors.map(({ at: place }) => ({ ...place }));
    expect(at(text, line, column)).toMatch(/^(?:""|''|\\"\\")/);
  });

  it('as lists of values are fields that a mapping can name', async () => {
    const text = JSON.stringify(rows.map((row) => Object.values(row)));
    const { values } = await readBytes(text, { label: 'rows.json' });
    expect(values[1]).toEqual({ 0: 'Name a fruit.', 1: 'Plum \\ cherry.' });
    const { result, findings } = await scanText([{ text, label: 'rows.json' }], {
      format: { prompt: '0', answer: '1' },
    });
    expect(result.ledger.kept).toBe(2);
    const place = findings.find(({ code }) => code === 'D014')?.at;
    expect(at(text, place?.line, place?.column).slice(0, 2)).toBe('""');
  });

  it('are errors if they are few among others', async () => {
    const row = JSON.stringify(rows[0]);
    for (const odd of [python(rows[1]), JSON.stringify(JSON.stringify(rows[1])), JSON.stringify([rows[1]])]) {
      const { result } = await scanText([
        { text: `${row}\n${odd}\n${row.replace('ferry', 'raft')}\n`, label: 'rows.jsonl' },
      ]);
      expect(result.ledger).toMatchObject({ rows_in: 3, kept: 2 });
    }
  });

  it('leave answers alone that are JSON or Python', async () => {
    const text = lines(
      (i) => JSON.stringify({ instruction: `Write chat ${i}.`, output: JSON.stringify(turns[0]) }),
      [1, 2, 3],
    );
    const { values, remarks } = await readBytes(text, { label: 'rows.jsonl' });
    expect(remarks).toEqual([]);
    expect((values[0] as { output: string }).output).toBe(JSON.stringify(turns[0]));
  });
});

describe('bytes', () => {
  it('of joined files: a byte order mark before a row is passed over', async () => {
    const line = (i: number) => JSON.stringify(rows[i]);
    for (const text of [
      `\ufeff${line(0)}\n\ufeff${line(1)}\r\n\ufeff${line(2)}`,
      `\ufeff[\n${line(0)}]\n\ufeff[\n${line(1)}, ${line(2)}]`,
    ])
      for (const chunk of [1, 5, 65_536]) {
        const { values, remarks } = await readBytes(text, { label: 'rows', chunk });
        expect(values).toEqual(rows);
        expect(remarks[0]).toContain('D215');
      }
    const { result } = await scanText([{ text: `${line(0)}\n\ufeff${line(1)}\n`, label: 'rows.jsonl' }]);
    expect(result.ledger.kept).toBe(2);
  });

  it('of an old Mac: lines that end with \\r', async () => {
    const text = rows.map((row) => JSON.stringify(row)).join('\r');
    const { values, remarks } = await readBytes(text, { label: 'rows.jsonl', chunk: 7 });
    expect(values).toEqual(rows);
    expect(remarks[0]).toContain('carriage return');
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['rows.yaml', '- instruction: a\n  output: b\n', /YAML.*yaml\.safe_load.*< rows\.yaml/s],
    ['rows.jsonl', '---\n- messages:\n  - role: user\n', /YAML/],
    ['rows.jsonl', '<!DOCTYPE html>\n<html></html>', /a web page/],
    ['rows.parquet', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n', /Git LFS/],
    ['rows.xml', '<?xml version="1.0"?>\n<rows/>', /XML/],
    ['rows.xlsx', Buffer.from('PK\x03\x04\x14\0\x06\0xl/workbook.xml', 'latin1'), /an Excel workbook/],
    ['rows.db', Buffer.from('SQLite format 3\0', 'latin1'), /an SQLite database/],
    ['rows.arrow', Buffer.from('ARROW1\0\0', 'latin1'), /an Arrow table/],
    [
      'rows.jsonl',
      Buffer.from('\ufeff{"a":1}', 'utf16le'),
      /UTF-16 text.*iconv -f UTF-16 -t UTF-8 rows\.jsonl/s,
    ],
    ['rows.jsonl', Buffer.from('{"a":1}\n', 'utf16le'), /UTF-16 text.*iconv -f UTF-16LE/s],
  ])('that hold no rows are named once: %s', async (label, text, said) => {
    const { findings } = await scanText([{ text, label }]);
    expect(findings).toHaveLength(1);
    expect(`${findings[0]?.message} ${findings[0]?.hint}`).toMatch(said);
  });
});
