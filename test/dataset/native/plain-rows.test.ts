// The native reader against TypeScript: a row that it takes has no finding there, and the same duplicate_key.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFormat } from '../../../src/dataset/formats/index.ts';
import { createPlainReader, lineWidth } from '../../../src/dataset/native/plain-rows.ts';
import { sourceSha256 } from '../../../src/dataset/native/rows-wasm.ts';
import { readRegion } from '../../../src/dataset/readers/jsonl.ts';
import { resolveSettings } from '../../../src/dataset/scan/check-settings.ts';
import { createRowJudge } from '../../../src/dataset/scan/judged-row.ts';

fc.configureGlobal({ seed: 11 });

const folder = join(import.meta.dirname, '../../../src/dataset/native');
const ignore = { maxRowBytes: 5e7, remark: () => undefined };

/** How many lines the native reader took; fails where TypeScript sees any of them otherwise. */
function compare(format: string, text: string): number {
  const region = Buffer.from(text);
  const judge = createRowJudge(findFormat(format), resolveSettings({}), 'f', false, () => false);
  const read = createPlainReader(format);
  if (!read) throw new Error(`${format} has no native reader`);
  const { lines, table, bytes } = read(region, 0);
  expect(bytes).toBe(region.length);
  const byLine = new Map(readRegion(region, 0, ignore).rows.map((raw) => [raw.line, raw]));
  expect(lines).toBe(text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);
  let taken = 0;
  for (let line = 0; line < lines; line += 1) {
    const [start, end, plain, ...key] = table.subarray(line * lineWidth, (line + 1) * lineWidth);
    const raw = byLine.get(line);
    if (raw) expect(region.toString('utf8', start, end).replace(/\r$/, '')).toBe(raw.text);
    if (plain !== 1) continue;
    taken += 1;
    if (!raw) throw new Error(`line ${line} is no row: ${region.toString('utf8', start, end)}`);
    const judged = judge(raw);
    // Only what looks at the row's form: whether it is worth using is asked elsewhere.
    const formal = judged.findings.filter(({ code }) => code < 'D100');
    expect([formal, judged.code, judged.key]).toEqual([[], null, key]);
  }
  return taken;
}

const unit = fc.constantFrom(
  ...['a', 'B', 'z', '0', '.', ' ', '  ', '\n', '\t', '\r', '\f', '"', '\\', '/', '{', '}', '[', ',', ':'],
  ...[
    'é',
    'e\u0301',
    'ß',
    'я',
    '漢',
    'か\u3099',
    'が',
    '한',
    '\u1112\u1161',
    '\u00a0',
    '\u3000',
    '\u200b',
    '\u2028',
  ],
  ...['😀', '\u{1f9d1}\u200d', '\ufeff', '\ufffd', '\0', '\u0007', '\ud800', '\u007f', '”', '→', '≠', 'Å'],
);
const everyday = fc.constantFrom(
  ...['a', 'B', '0', '.', ' ', '  ', '\n', '\t', '"', '\\', '{', 'é', '漢', '한', '😀', '”'],
);
// Mostly what the native reader takes: one odd character is enough to leave a row to TypeScript.
const words = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: everyday, minLength: 1, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit, maxLength: 30 }) },
);
const alpaca = fc.oneof(
  fc.record({ instruction: words, input: words, output: words }),
  fc.record({ instruction: words, output: words }),
  fc.record({ output: words, instruction: words }),
  fc.record({ instruction: words, input: fc.constantFrom('', ' ', null), output: words, system: words }),
);
const roles = fc.constantFrom('system', 'user', 'assistant', 'user', 'assistant', 'tool', 'User');
const message = fc.record({ role: roles, content: fc.oneof(words, fc.constant(null)) });
const turns = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(words, words), { minLength: 1, maxLength: 3 }))
  .map(([system, pairs]) => [
    ...(system ? [{ role: 'system', content: 'Be kind.' }] : []),
    ...pairs.flatMap(([asked, said]) => [
      { role: 'user', content: asked },
      { role: 'assistant', content: said },
    ]),
  ]);
const chatml = fc.oneof(turns, fc.array(message, { maxLength: 4 })).map((messages) => ({ messages }));
const written = (row: fc.Arbitrary<unknown>) =>
  fc.tuple(row, fc.constantFrom(0, 1)).map(([value, spaced]) => {
    const json = JSON.stringify(value);
    return spaced ? JSON.stringify(value, null, 1).replaceAll('\n', ' ') : json;
  });

describe.each([
  { format: 'alpaca', row: alpaca },
  { format: 'chatml', row: chatml },
])('rows of $format', ({ format, row }) => {
  it('are taken only where TypeScript finds no fault, with the same key', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.array(written(row), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          taken += compare(format, rows.map((each) => each + end).join(''));
        },
      ),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('with a byte changed are never taken for what they are not', () => {
    fc.assert(
      fc.property(written(row), fc.nat(), fc.nat(255), fc.constantFrom(0, 1, 2), (text, at, byte, way) => {
        const bytes = Buffer.from(`${text}\n`);
        const place = at % bytes.length;
        const changed =
          way === 0
            ? Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place)])
            : Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + way)]);
        compareBytes(format, changed);
      }),
      { numRuns: 4000 },
    );
  });
});

function compareBytes(format: string, bytes: Buffer): void {
  // A broken byte would be decoded to another text: such lines must not be taken at all.
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) compare(format, text);
  else {
    const { lines, table } = createPlainReader(format)?.(bytes, 0) ?? { lines: 0, table: new Int32Array() };
    for (let line = 0; line < lines; line += 1) {
      const [start, end, plain] = table.subarray(line * lineWidth, (line + 1) * lineWidth);
      const own = bytes.subarray(start, end);
      if (plain === 1) expect(Buffer.from(own.toString('utf8')).equals(own)).toBe(true);
    }
  }
}

it('reads an everyday row of either format', () => {
  expect(compare('alpaca', '{"instruction":"Add.","input":"1 + 1","output":"Two — “2”."}\n')).toBe(1);
  const chat = {
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: '你好' },
    ],
  };
  expect(compare('chatml', `${JSON.stringify(chat)}\n`)).toBe(1);
});

it('has room for more lines than its table, and for a long one', () => {
  const rows = Array.from({ length: 40_000 }, (_, i) => `{"instruction":"Add.","output":"${i}"}\n`).join('');
  const region = Buffer.from(rows);
  const read = createPlainReader('alpaca');
  let from = 0;
  let lines = 0;
  while (read && from < region.length) {
    const next = read(region, from);
    lines += next.lines;
    from += next.bytes;
  }
  expect(lines).toBe(40_000);
  expect(compare('alpaca', `{"instruction":"Add.","output":"${'word '.repeat(1_000_000)}"}\n`)).toBe(1);
});

it('was compiled from the source beside it', () => {
  const header = readFileSync(join(folder, 'everyday-row.h'));
  const source = readFileSync(join(folder, 'rows.c'));
  expect(createHash('sha256').update(header).update(source).digest('hex')).toBe(sourceSha256);
});
