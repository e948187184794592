// Text files with any bytes changed: no crash, every row in the ledger, and the rows before the change as they were.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanText } from '../scan-text.ts';

fc.configureGlobal({ seed: 19 });

const rows = Array.from({ length: 12 }, (_, i) => ({
  instruction: `Name "number" ${i},\nplease; é😀`,
  output: `${i}, of course`,
}));
const chats = rows.map(({ instruction, output }) => ({
  messages: [
    { role: 'user', content: instruction },
    { role: 'assistant', content: output },
  ],
}));
const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const csv = (lines: string[][]): string => lines.map((cells) => cells.map(quote).join(',')).join('\r\n');

const files: Record<string, { text: string; label: string }> = {
  'JSON lines': { text: rows.map((row) => JSON.stringify(row)).join('\n'), label: 'rows.jsonl' },
  'a compact array': { text: JSON.stringify(chats), label: 'rows.json' },
  'an indented array': { text: JSON.stringify(rows, null, 2), label: 'rows.json' },
  CSV: {
    text: csv([['instruction', 'output'], ...rows.map(({ instruction, output }) => [instruction, output])]),
    label: 'rows.csv',
  },
  'CSV with lists of turns': {
    text: csv([['id', 'messages'], ...chats.map(({ messages }, i) => [String(i), JSON.stringify(messages)])]),
    label: 'rows.csv',
  },
};

const change = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      put: fc.constantFrom(...'"\',;[]{}\\\n\r\t\0:'),
      cut: fc.constantFrom(0, 1),
    }),
  },
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    put: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
    cut: fc.integer({ min: 0, max: 30 }),
  }),
);

describe.each(Object.entries(files))('%s', (_name, { text, label }) => {
  it('with bytes changed, put in or cut out is read to its end', async () => {
    const whole = Buffer.from(text);
    const untouched = (await scanText([{ text: whole, label }])).kept;
    expect(untouched).toHaveLength(12);
    const starts = new Map(untouched.map(({ place }, i) => [i, lineStart(text, place.line)]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 200 }),
        async (changes, chunk) => {
          let bytes: Buffer = whole;
          // The head tells what the file is, and its first rows what its columns hold.
          const from = Math.floor(whole.length * 0.2);
          let first = whole.length;
          for (const { at, put, cut } of changes) {
            const place = Math.min(bytes.length - 1, from + Math.floor(at * (bytes.length - from)));
            first = Math.min(first, place);
            bytes = Buffer.concat([
              bytes.subarray(0, place),
              Buffer.from(put, 'latin1'),
              bytes.subarray(place + cut),
            ]);
          }
          const { result, ledger, kept, findings } = await scanText([{ text: bytes, label, chunk }]);
          expect(ledger).toHaveLength(result.rows);
          for (const { at } of findings) expect(at?.line === undefined || at.line >= 1).toBe(true);
          if (label === 'rows.json' && !text.includes('\n')) return;
          const before = untouched.filter(
            (_row, i) => Buffer.byteLength(text.slice(0, starts.get(i + 1) ?? text.length)) <= first,
          );
          expect(
            kept.slice(0, before.length).map(({ fingerprint, place }) => [fingerprint, place.line]),
          ).toEqual(before.map(({ fingerprint, place }) => [fingerprint, place.line]));
        },
      ),
      { numRuns: 400 },
    );
  });
});

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line; i += 1) at = text.indexOf('\n', at) + 1;
  return at;
}
