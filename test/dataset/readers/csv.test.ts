import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessDialect } from '../../../src/dataset/readers/csv-dialect.ts';
import { chooseReader } from '../../../src/dataset/readers/index.ts';
import { scanText } from '../scan-text.ts';
import { readBytes } from './read-bytes.ts';

fc.configureGlobal({ seed: 11 });

const header = 'instruction,output\n';
const faults = async (text: string | Uint8Array, chunk = 65_536) =>
  (await readBytes(text, { chunk, label: 'rows.csv' })).rows.map(({ line, value, fault }) =>
    fault ? `${line} ${fault.check.code}` : (value as { output: string }).output,
  );

/** Findings as `line:column code`. */
async function places(text: string | Uint8Array): Promise<string[]> {
  const { findings } = await scanText([{ text, label: 'rows.csv' }]);
  return findings.map(({ code, at }) => `${at?.line}:${at?.column} ${code}`);
}

describe('CSV', () => {
  it('reads what csv-parse reads, with the line of each record, for any chunks of bytes', async () => {
    const cell = fc.oneof(
      fc.stringMatching(/^[a-z ,;"\n\t]{0,8}$/),
      fc.string({ unit: 'grapheme', maxLength: 5 }).map((text) => text.replaceAll('\r', '')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 80 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (records, delimiter, lineEnd, final, chunk) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const all = [['one', 'two', 'three'], ...records.map((each) => ['x', ...each].slice(0, 3))];
          const text =
            all.map((each) => each.map(quote).join(delimiter)).join(lineEnd) + (final ? lineEnd : '');
          const { rows, remarks } = await readBytes(text, { chunk, label: 'rows.csv' });
          expect(remarks).toEqual([]);
          expect(rows.map(({ value }) => value)).toEqual(parse(text, { columns: true, delimiter }));
          const lines = text.split('\n');
          for (const row of rows) expect(lines[row.line - 1]?.startsWith('"x"')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has as many columns of one name as it likes', async () => {
    const columns = 50_000;
    const text = `instruction,output,n.1${',n'.repeat(columns)}\nHi,Yes,0${',1'.repeat(columns)}\n`;
    const { rows, remarks } = await readBytes(text, { label: 'rows.csv' });
    const names = Object.keys(rows[0]?.value as object);
    expect(names.slice(0, 6)).toEqual(['instruction', 'output', 'n.1', 'n', 'n.2', 'n.3']);
    expect([names.length, remarks.length]).toEqual([columns + 3, columns - 1]);
  });

  it('places what stands behind a line break in a cell on its own line, also where lines end with \\r', async () => {
    const text = 'instruction,output\n"Say\ntwo","a\nb \u200b"\nx,\n"bad\nq"x,b\n';
    const placesOf = async (file: string) => {
      const { findings } = await scanText([{ text: file, label: 'rows.csv' }]);
      return findings
        .filter(({ code }) => code !== 'D110')
        .map(({ code, at }) => [code, at?.line, at?.column, at?.excerpt?.text]);
    };
    const places = await placesOf(text);
    expect(places.map((each) => each.slice(0, 3))).toEqual([
      ['D128', 4, 3],
      ['D014', 5, 3],
      ['D054', 6, 1],
    ]);
    expect(await placesOf(text.replaceAll('\n', '\r'))).toEqual(places);
  });

  it('reads a byte order mark, CRLF, tabs, semicolons, old Mac lines and no final newline', async () => {
    for (const text of [
      '\ufeffinstruction,output\r\nHi,Hello\r\nYes,No',
      'instruction;output\nHi;Hello\nYes;No\n',
      'instruction\toutput\nHi\tHello\nYes\tNo',
      'instruction,output\rHi,Hello\rYes,No\r',
      '"instruction","output"\n"Hi","Hello"\n"Yes","No"',
    ])
      expect((await readBytes(text, { chunk: 3 })).values, text).toEqual([
        { instruction: 'Hi', output: 'Hello' },
        { instruction: 'Yes', output: 'No' },
      ]);
  });

  it('of old Macs may have line feeds inside quotes; a mark in front of a quote does not hide it', async () => {
    const mac = await readBytes('instruction,output\r"One\nor two?",1\rThree?,3\r', { label: 'rows.csv' });
    expect(mac.values).toEqual([
      { instruction: 'One\nor two?', output: '1' },
      { instruction: 'Three?', output: '3' },
    ]);
    const joined = await readBytes('instruction,output\nOne?,1\n\ufeff"Two\nor three?",2\n', {
      label: 'rows.csv',
    });
    expect(joined.values).toEqual([
      { instruction: 'One?', output: '1' },
      { instruction: 'Two\nor three?', output: '2' },
    ]);
  });

  it('keeps empty cells as empty text, and passes over records of empty cells only', async () => {
    const { values, remarks } = await readBytes('a,b\n1,\n,\n\n,2\n');
    expect(values).toEqual([
      { a: '1', b: '' },
      { a: '', b: '2' },
    ]);
    expect(remarks).toEqual(['D006 The line is blank.', 'D006 All cells of the record are empty.']);
  });

  it('parses lists of turns and of tools, and leaves answers that are JSON as text', async () => {
    const turns = '"[{""role"":""user"",""content"":""Hi""},{""role"":""assistant"",""content"":""Yes""}]"';
    const { values } = await readBytes(
      `messages,tools,mine,output\n${turns},,${turns},"{""a"": 1}"\n${turns},[],${turns},"[1, 2]"\n`,
    );
    const parsed = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Yes' },
    ];
    expect(values).toEqual([
      { messages: parsed, mine: parsed, output: '{"a": 1}' },
      { messages: parsed, tools: [], mine: parsed, output: '[1, 2]' },
    ]);
  });

  it('takes names as they are, gives second ones a number, and passes over columns without name or value', async () => {
    const { values, all } = await readBytes(',__proto__,output,output, spaced ,\n0,p,1,2,3,\n1,q,1,2,3,\n');
    expect(values[0]).toEqual(
      JSON.parse('{"column 1":"0","__proto__":"p","output":"1","output.1":"2","spaced":"3"}'),
    );
    expect(all.map(({ check, line, column }) => `${line}:${column} ${check.code}`)).toEqual([
      '1:1 D055',
      '1:19 D055',
      '1:35 D055',
    ]);
  });
});

describe('faults of CSV', () => {
  it('affect only their own lines, for any chunks of bytes', async () => {
    const text = `${header}a,"1"\nb,"open\nc,"3"\nd,"say "hi" 4"\ne,5,surplus\nf\ng,"seven\nlines"\nh,"8"\n"i,9\n`;
    for (const chunk of [1, 2, 7, 65_536])
      expect(await faults(text, chunk), `chunks of ${chunk}`).toEqual([
        '1',
        '3 D054',
        '3',
        '5 D054',
        '6 D053',
        '7 D053',
        'seven\nlines',
        '8',
        '11 D054',
      ]);
  });

  it('stand at the line and column of the cell, also in the middle of one', async () => {
    const turns =
      '[{""role"":""user"",""content"":""Say \\""hi\\""""},{""role"":""assistant"",""content"":""""}]';
    expect(await places(`note,messages\n"two\nlines","${turns}"\n`)).toContain(
      `3:${8 + turns.indexOf('""""}]') + 1} D014`,
    );
    expect(await places(`${header}"a\nb",""\n`)).toEqual(['3:5 D014']);
    expect(await places(`${header}"é, ""q""",x\ufffd\n`)).toEqual(['2:13 D036']);
    expect(await places(`${header}a,b,c\n`)).toEqual(['2:5 D053']);
  });

  it('of JSON in a cell are placed inside it, and Python lists are named', async () => {
    const good = '"[{""role"":""user"",""content"":""Hi""},{""role"":""assistant"",""content"":""Yes""}]"';
    const python = `"[{'role': 'user', 'content': 'Hi'}]"`;
    const { findings } = await scanText([
      { text: `id,messages\n1,${good}\n2,${python}\n`, label: 'rows.csv' },
    ]);
    const [fault] = findings.filter(({ code }) => code === 'D001');
    expect(fault).toMatchObject({ at: { line: 3, column: 6 }, hint: expect.stringContaining('json.dumps') });
    expect(fault?.message).toContain('"messages"');
  });

  it('of UTF-8 are placed at the first bad byte, and a space before a quote is named', async () => {
    const latin = Buffer.from(`${header}caf\xe9,x\nb,y\n`, 'latin1');
    expect(await places(latin)).toEqual(['2:4 D003']);
    const spaced = await readBytes(`${header}a, "b, c"\nd,e\n`);
    expect(spaced.rows[0]?.fault?.hint).toContain('space before the quote');
  });

  it('do not make memory grow: a quote that never closes is given up at the limit, a long cell named', async () => {
    const many = `${'b,c\n'.repeat(2000)}`;
    const open = await readBytes(`${header}a,"never\n${many}`, { maxRowBytes: 1000, chunk: 256 });
    expect(open.rows.map(({ fault }) => fault?.check.code).filter(Boolean)).toEqual(['D054']);
    expect(open.rows).toHaveLength(2001);
    for (const cell of ['x'.repeat(5000), `"${'x'.repeat(5000)}"`, `"${'x\n'.repeat(2500)}"`]) {
      const long = await readBytes(`${header}a,${cell}\nb,2\n`, { maxRowBytes: 1000, chunk: 64 });
      expect(long.rows[0]?.fault?.check.code).toMatch(/D004|D054/);
      expect(long.rows.at(-1)).toMatchObject({ value: { instruction: 'b', output: '2' } });
    }
  });
});

describe('detection of CSV', () => {
  it.each([
    ['a,b\n1,2\n', ','],
    ['a;b\n1,5;2,5\n', ';'],
    ['a\tb\nx, y\tz\n', '\t'],
    ['instruction,output\n"one, two; three","four"\n', ','],
    ['text\n"<|im_start|>user\nHi<|im_end|>"\n', ','],
    [',question,answer\n0,a,b\n', ','],
  ])('%j', (text, delimiter) => {
    expect(guessDialect(Buffer.from(text))).toMatchObject({ delimiter, sure: true });
    expect(chooseReader(Buffer.from(text)).name).toBe('csv');
  });

  it.each([
    '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n',
    '[{"a": 1},\n{"a": 2}]',
    '"instruction": "a", "output": "b"}\n{"instruction": "a", "output": "b"}\n',
    'broken, line\n{"a": 1}\n{"a": 2}\n',
    'null\ntrue\n',
    'Some words and no more\nand another line\n',
  ])('leaves %j alone', (text) => {
    expect(chooseReader(Buffer.from(text)).name).not.toBe('csv');
  });

  it('goes by the name where the content could be anything, and by content where it could not', async () => {
    expect(chooseReader(Buffer.from('What is it?\nA cat.\n'), 'rows.csv').name).toBe('csv');
    expect((await readBytes('{"a":1}\n{"a":2}\n', { label: 'rows.csv' })).remarks).toEqual([
      "D007 The file's name promises CSV, but it holds JSON lines.",
    ]);
    expect((await readBytes('a,b\n1,2\n', { label: 'rows.jsonl' })).remarks).toEqual([
      "D007 The file's name promises JSON lines, but it holds CSV.",
    ]);
  });
});
