// A copy with some rows replaced: all other bytes are the file's, in chunks of any size.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSplicer } from '../../../src/app/files/splice-file.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function splice(
  file: Buffer,
  chunk: number,
  edits: readonly { line: number; column: number; before: string; after: string }[],
): Promise<{ bytes: Buffer; placed: boolean[] }> {
  const out: Buffer[] = [];
  const splicer = createSplicer(cut(file, chunk), (bytes) => void out.push(Buffer.from(bytes)));
  const placed: boolean[] = [];
  for (const { line, column, before, after } of edits)
    placed.push(await splicer.replace(line, column, before, after));
  await splicer.end();
  return { bytes: Buffer.concat(out), placed };
}

describe('a spliced copy', () => {
  it('keeps broken UTF-8, carriage returns, blank lines and a missing last newline', async () => {
    const file = Buffer.from('{"a":1}\r\n\n\xff\xfe\n{"b":"é"}', 'latin1');
    const text = Buffer.from('{"b":"é"}', 'latin1').toString('latin1');
    const good = Buffer.concat([file.subarray(0, file.length - text.length), Buffer.from('{"b":"é"}')]);
    const edits = [{ line: 4, column: 1, before: '{"b":"é"}', after: '{"b":"e"}' }];
    const { bytes, placed } = await splice(good, 5, edits);
    expect(placed).toEqual([true]);
    expect(
      bytes.equals(Buffer.concat([file.subarray(0, file.length - text.length), Buffer.from('{"b":"e"}')])),
    ).toBe(true);
  });

  it('replaces nothing if the text there is different', async () => {
    const file = Buffer.from('{"a":1}\n{"a":2}\n');
    const wrong = [
      { line: 1, column: 1, before: '{"a":9}', after: 'x' },
      { line: 9, column: 1, before: '{"a":9}', after: 'x' },
    ];
    const { bytes, placed } = await splice(file, 4, wrong);
    expect(placed).toEqual([false, false]);
    expect(bytes.equals(file)).toBe(true);
  });

  it('finds rows by line and UTF-16 column, several on a line and over several lines', async () => {
    const row = fc.record({
      text: fc.string({ unit: 'grapheme', maxLength: 8 }),
      change: fc.boolean(),
      gap: fc.constantFrom(', ', ',\n', ',\n  ', ',🙂\r\n'),
      wide: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, chunk) => {
          let file = '[';
          let expected = '[';
          const edits: Parameters<typeof splice>[2][number][] = [];
          for (const { text, change, gap, wide } of rows) {
            const before = JSON.stringify({ text }, null, wide ? 2 : undefined);
            const last = file.lastIndexOf('\n');
            const after = `<${text.toUpperCase()}>`;
            if (change)
              edits.push({ line: file.split('\n').length, column: file.length - last, before, after });
            file += before + gap;
            expected += (change ? after : before) + gap;
          }
          const { bytes, placed } = await splice(Buffer.from(file), chunk, edits);
          expect(placed).toEqual(edits.map(() => true));
          expect(bytes.equals(Buffer.from(expected))).toBe(true);
        },
      ),
      { seed: 11, numRuns: 600 },
    );
  });
});
