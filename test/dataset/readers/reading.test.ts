import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseReader } from '../../../src/dataset/readers/index.ts';
import type { FileRemark, RawRow } from '../../../src/dataset/readers/raw-row.ts';
import { scanText } from '../scan-text.ts';

fc.configureGlobal({ seed: 7 });

async function read(
  bytes: string | Uint8Array,
  chunk = 1 << 20,
  maxRowBytes = 1_000_000,
): Promise<{ reader: string; rows: RawRow[]; remarks: FileRemark[] }> {
  const buffer = Buffer.from(bytes);
  const remarks: FileRemark[] = [];
  const rows: RawRow[] = [];
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < buffer.length; at += chunk) yield buffer.subarray(at, at + chunk);
  }
  const reader = chooseReader(buffer);
  if (!('read' in reader)) throw new Error('a reader of streams is meant');
  for await (const batch of reader.read(chunks(), { maxRowBytes, remark: (r) => remarks.push(r) }))
    rows.push(...batch);
  return { reader: reader.name, rows, remarks };
}

const object = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), {
  minKeys: 1,
  maxKeys: 4,
});
const layouts: Record<string, (rows: unknown[]) => string> = {
  lines: (rows) => rows.map((row) => JSON.stringify(row)).join('\n'),
  'lines with CRLF': (rows) => rows.map((row) => `${JSON.stringify(row)}\r\n`).join(''),
  'a compact array': (rows) => JSON.stringify(rows),
  'an indented array': (rows) => JSON.stringify(rows, null, 2),
  'an array with tabs': (rows) => JSON.stringify(rows, null, '\t'),
  'objects over several lines': (rows) => rows.map((row) => JSON.stringify(row, null, 1)).join('\n'),
};

describe.each(Object.entries(layouts))('rows as %s', (_name, write) => {
  it('are read completely and with places, for any chunks of bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (values, chunk) => {
          const text = write(values);
          const { rows } = await read(text, chunk);
          expect(rows.map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(values)));
          const lines = text.split('\n');
          for (const row of rows) {
            expect(lines[row.line - 1]?.slice(row.column - 1)[0]).toBe('{');
            expect(row.text.split('\n')[0]).toBe(
              lines[row.line - 1]?.slice(
                row.column - 1,
                row.column - 1 + (row.text.split('\n')[0] ?? '').length,
              ),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('detection by content', () => {
  it.each([
    ['jsonl', '{"a":1}\n{"a":2}'],
    ['jsonl', '\n\n {"a":1}'],
    ['jsonl', '{"a":1'],
    ['jsonl', 'plain words'],
    ['jsonl', '[1,2]\n[3,4]'],
    ['json-array', '[{"a":1}]'],
    ['json-array', '  [\n{"a":1}\n]'],
    ['json-array', '{\n"a":1\n}'],
    ['json-array', '{"a":1},\n{"a":2}'],
    ['json-array', '[{"a":1'],
  ])('%s for %j', async (name, text) => {
    expect(chooseReader(Buffer.from(text)).name).toBe(name);
  });
});

describe('damage', () => {
  it('in one row leaves the others, at every cut of the bytes', async () => {
    const lines = '{"a":1}\n{"a":"x}\n\n{"a":3}\n';
    const array = '[\n  {\n    "a": 1\n  },\n  {\n    "a": "x\n  },\n  {\n    "a": 3\n  }\n]';
    for (const text of [lines, array])
      for (let chunk = 1; chunk < text.length; chunk += 1) {
        const { rows } = await read(text, chunk);
        expect(rows.map(({ value }) => value)).toEqual([{ a: 1 }, undefined, { a: 3 }]);
        expect(rows[1]?.fault?.check.code).toBe('D001');
      }
  });

  it('of an unclosed object in an array costs that object only', async () => {
    const text =
      '[\n  {\n    "a": 1\n  },\n  {\n    "a": {"b": 2\n  },\n  {\n    "a": 3\n  },\n  {\n    "a": 4\n  }\n]\n';
    const { rows, remarks } = await read(text, 7);
    expect(rows.map(({ value, line }) => [value, line])).toEqual([
      [{ a: 1 }, 2],
      [undefined, 5],
      [{ a: 3 }, 8],
      [{ a: 4 }, 11],
    ]);
    expect(remarks).toEqual([]);
  });

  it('leaves no byte of an array unaccounted for: junk is a row that is not JSON', async () => {
    const { rows } = await read('[{"a":1}, oops, {"a":2} }, {"a":3}]');
    expect(rows.map(({ text, fault }) => [text, fault?.check.code])).toEqual([
      ['{"a":1}', undefined],
      ['oops', 'D001'],
      ['{"a":2}', undefined],
      ['}', 'D001'],
      ['{"a":3}', undefined],
    ]);
  });

  it('of UTF-8 is placed at the first bad character', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"é😀'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"a":"ü"}'),
    ]);
    const { rows } = await read(bytes, 3);
    expect(rows[0]?.fault).toMatchObject({ check: { code: 'D003' }, offset: '{"a":"é😀'.length });
    expect(rows[1]?.value).toEqual({ a: 'ü' });
  });
});

describe('rows over the limit', () => {
  it.each([
    ['lines', `{"a":1}\n{"a":"${'x'.repeat(5000)}"}\n{"a":3}`],
    ['an array', `[{"a":1},\n{"a":"${'x\\n'.repeat(2000)}"},\n{"a":3}]`],
  ])('are named, not kept, and the next row is read: %s', async (_name, text) => {
    for (const chunk of [64, 999, 1 << 20]) {
      const { rows } = await read(text, chunk, 1000);
      expect(rows.map(({ fault }) => fault?.check.code)).toEqual([undefined, 'D004', undefined]);
      expect(rows[1]?.text.length).toBeLessThanOrEqual(200);
      expect(rows[2]).toMatchObject({ value: { a: 3 }, line: 3 });
    }
  });
});

describe('files', () => {
  it('with a byte order mark, CRLF and no final newline read like any other', async () => {
    const row = '{"instruction":"Name a colour.","output":"Blue."}';
    const { result, findings } = await scanText([
      { text: `\ufeff${row}\r\n${row.replace('Blue', 'Red')}`, chunk: 5 },
    ]);
    expect(result.ledger).toEqual({ rows_in: 2, kept: 2, fixed: 0, dropped: {} });
    expect(findings).toEqual([]);
  });

  it('past a limit of rows are hashed whole, and nothing after the limit is input', async () => {
    const row = (n: number) => `{"instruction":"Name number ${n}.","output":"${n}"}\n`;
    const text = `${row(1)}${row(2)}broken\n${row(4)}`;
    const limited = await scanText([{ text, limit: 2, chunk: 10 }]);
    const whole = await scanText([{ text, chunk: 10 }]);
    expect(limited.result.ledger.rows_in).toBe(2);
    expect(limited.findings).toEqual([]);
    expect(limited.result.files[0]?.sha256).toBe(whole.result.files[0]?.sha256);
    expect(limited.result.files[0]?.bytes).toBe(Buffer.byteLength(text));
  });
});
