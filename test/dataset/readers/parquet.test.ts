import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanDataset } from '../../../src/dataset/scan/scan.ts';
import { scanText } from '../scan-text.ts';
import { fixture, readBytes } from './read-bytes.ts';

fc.configureGlobal({ seed: 17 });

const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city": "Łódź"}' } };
const chat = (n: number) => [
  {
    messages: [
      { role: 'user', content: `Say ${n}.` },
      { role: 'assistant', content: `${n}, of course.` },
    ],
  },
  {
    messages: [
      { role: 'user', content: `Weather ${n}?` },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', content: 'sunny', tool_call_id: 'c1' },
      { role: 'assistant', content: 'Sunny.' },
    ],
  },
  {
    messages: [
      { role: 'user', content: `Empty ${n}?` },
      { role: 'assistant', content: '' },
    ],
  },
];

describe('Parquet', () => {
  it.each(['chat', 'chat-zstd', 'chat-gzip', 'chat-brotli', 'chat-lz4', 'chat-none'])(
    '%s gives the rows that JSON lines would, without the nulls of its union of turns',
    async (name) => {
      const { rows, values, remarks } = await readBytes(fixture(`${name}.parquet`), { label: 'x.parquet' });
      expect(values).toEqual(chat(1));
      expect(rows.map(({ text }) => JSON.parse(text) as unknown)).toEqual(values);
      expect(remarks).toEqual([]);
    },
  );

  it('is read from a file as from a stream, plain or packed, and leaves nothing behind', async () => {
    const path = resolve(import.meta.dirname, '../../fixtures/readers/groups.parquet');
    const spills = () => readdirSync(tmpdir()).filter((name) => name.startsWith('lorch-spill-')).length;
    const before = spills();
    const bytes = fixture('groups.parquet');
    const options = { format: 'auto', onError: 'drop', duplicates: { exact: 'drop' }, split: null } as const;
    const file = await scanDataset([{ path, label: 'groups.parquet' }], options);
    const stream = await scanText([{ text: bytes, label: 'groups.parquet', chunk: 100 }]);
    const packed = await scanText([{ text: gzipSync(bytes), label: 'groups.parquet.gz' }]);
    expect(file.rows).toBe(12);
    expect(stream.result).toEqual(file);
    expect(packed.result.fingerprint).toBe(file.fingerprint);
    expect(file.files[0]?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(spills()).toBe(before);
  });

  it('has rows by number, and findings with the pointer to the value', async () => {
    const { findings, ledger } = await scanText([{ text: fixture('groups.parquet'), label: 'x.parquet' }]);
    expect(findings.map(({ code, at }) => `${at?.line}:${at?.column} ${code} ${at?.pointer}`)).toEqual(
      [3, 6, 9, 12].map((row) => `${row}:1 D014 /messages/1/content`),
    );
    expect(findings[0]?.at?.excerpt?.text).toContain('"Empty 0?"');
    expect(ledger.map(({ line }) => line).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
  });

  it('gives every type as JSON can hold it', async () => {
    const { rows, values } = await readBytes(fixture('types.parquet'));
    expect(rows[0]?.text).toContain('"big":4611686018427387904,');
    expect(values).toEqual([
      {
        instruction: 'Name a colour.',
        output: 'Blue.',
        input: null,
        small: 7,
        big: 4611686018427388000,
        real: 1.5,
        nan: null,
        yes: true,
        day: '2024-02-29',
        time: '2024-02-29T12:30:01.500Z',
        price: 12.5,
        tags: ['a', null, 'c'],
        bytes: 'text',
        nested: { b: { c: [{ d: 1 }] } },
      },
    ]);
  });

  it('writes decimals as decimals, large numbers with their digits, and fields in their order', async () => {
    const { rows } = await readBytes(fixture('decimals.parquet'));
    expect(rows[0]?.text).toBe(
      '{"messages":[{"role":"user","content":"Pay ten."},{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"pay","arguments":{"amount":10.0,"10":"b","9":"a","count":3,"half":2.0,"list":[1.0,2.5,-0.0],"id":4611686018427387905}}}]},{"role":"tool","content":"ok"},{"role":"assistant","content":"Paid."}],"score":1.0,"id":4611686018427387905}',
    );
  });

  it('skips binary columns, and reports text that is not UTF-8 by row and column', async () => {
    const image = await readBytes(fixture('image.parquet'));
    expect(image.values).toEqual([{ instruction: 'Name a colour.', output: 'Blue.' }]);
    expect(image.remarks).toEqual([expect.stringContaining('D058 The column "image"')]);
    const latin = await readBytes(fixture('latin1.parquet'));
    expect(latin.rows.map(({ line, fault }) => [line, fault?.check.code])).toEqual([
      [1, undefined],
      [2, 'D003'],
    ]);
    expect(latin.rows[1]?.fault?.message).toContain('"output"');
  });

  it('stops at a limit, and names a row over the size limit', async () => {
    const { result, findings } = await scanText([{ text: fixture('groups.parquet'), limit: 2 }]);
    expect([result.rows, findings]).toEqual([2, []]);
    const long = await readBytes(fixture('chat.parquet'), { maxRowBytes: 100 });
    expect(long.rows.map(({ fault }) => fault?.check.code)).toEqual([undefined, 'D004', undefined]);
  });
});

describe('damaged Parquet', () => {
  it('without its footer is reported at once, for a cut at any byte', async () => {
    const bytes = fixture('groups.parquet');
    for (let size = 4; size < bytes.length; size += 97) {
      const { findings } = await scanText([{ text: bytes.subarray(0, size), label: 'x.parquet' }]);
      expect(
        findings.map(({ code }) => code),
        `at ${size}`,
      ).toEqual(['D057']);
      expect(findings[0]?.hint).toContain('again');
    }
  });

  it('in one row group costs the rows of that group, which are counted, and names the column', async () => {
    const bytes = Buffer.from(fixture('groups.parquet'));
    // Pages of the third group.
    bytes.fill(0xff, 1700, 1800);
    const { result, findings, kept } = await scanText([{ text: bytes, label: 'x.parquet' }]);
    expect(result.ledger.dropped.D057).toBe(3);
    expect(result.rows).toBe(12);
    expect(kept.length).toBeGreaterThan(0);
    const lost = findings.filter(({ code }) => code === 'D057');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.message).toMatch(/Row group 3 \(rows 7 to 9\) cannot be read: column "messages"/);
  });

  it('with any bytes changed ends in rows and remarks, never in a crash, and every row in the ledger', async () => {
    const files = [
      'chat.parquet',
      'groups.parquet',
      'plain.parquet',
      'types.parquet',
      'chat-zstd.parquet',
    ].map(fixture);
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (whole, changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[4 + (at % (bytes.length - 4))] = value;
          const { result, ledger, findings } = await scanText([{ text: bytes }]);
          expect(ledger).toHaveLength(result.rows);
          faults += findings.some(({ code }) => code === 'D057' || code === 'D003') ? 1 : 0;
        },
      ),
      { numRuns: 500 },
    );
    expect(faults).toBeGreaterThan(100);
  });
});
