// A file hashed in parts, by other threads or this one, gives what it gives in one piece, wherever it is cut.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NearPart } from '../../../../src/app/data/near/hash-part.ts';
import type { openParts } from '../../../../src/app/data/near/near-pool.ts';
import { cutFile, readLinesSync } from '../../../../src/app/files/read-lines-sync.ts';
import { keptWidth } from '../../../../src/dataset/duplicates/part-store.ts';
import { toRatio } from '../../../../src/dataset/duplicates/ratio.ts';
import { type Compiled, compileSources } from '../../../supervise/kill/compile.ts';

let dir = '';
let compiled: Compiled;
let open: typeof openParts;
const close: (() => Promise<void>)[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lorch-parts-'));
  compiled = await compileSources();
  ({ openParts: open } = await import(pathToFileURL(join(compiled.dir, 'app/data/near/near-pool.js')).href));
});

afterAll(async () => {
  for (const end of close) await end();
  await compiled?.remove();
  await rm(dir, { recursive: true, force: true });
});

// Rows that repeat one another, rows that only TypeScript reads, rows that nobody can read, and blank lines.
const words = 'warm the pot then add one spoon of leaves for each cup and pour boiling water'.split(' ');
const lines = Array.from({ length: 3000 }, (_, i) => {
  if (i % 97 === 0) return '';
  if (i % 89 === 0) return '{"instruction":';
  const text = Array.from({ length: 5 + (i % 20) }, (_, k) => words[(i * k + (i % 40)) % words.length]).join(
    ' ',
  );
  const output = i % 50 === 0 ? `${text} ΣΑΣ` : text;
  return JSON.stringify(
    i % 31 === 0 ? { input: '', instruction: text, output } : { instruction: text, input: '', output },
  );
});

async function hash(parts: NearPart[]) {
  const counts = { counts: new Uint8Array(new SharedArrayBuffer(2 ** 14)), shift: 16 };
  const summaries = await Promise.all(parts.map((part) => part.scan()));
  for (const part of parts) await part.merge(counts);
  const kept = await Promise.all(parts.map((part) => part.keep(counts, toRatio(0.8))));
  let row = 0;
  const rows = kept.flatMap(({ table, shingles }, part) => {
    let from = 0;
    const found = [];
    for (let at = 0; at < table.length; at += keptWidth) {
      const size = table[at + 4] as number;
      found.push([row + (table[at] as number), ...shingles.subarray(from, from + size)].join(' '));
      from += size;
    }
    row += summaries[part]?.rows ?? 0;
    return found;
  });
  const unread: Record<string, number> = {};
  for (const each of summaries)
    for (const [code, n] of Object.entries(each.unread)) unread[code] = (unread[code] ?? 0) + n;
  return {
    rows,
    counts: Buffer.from(counts.counts).toString('base64'),
    lines: summaries.reduce((sum, each) => sum + each.lines, 0),
    fields: summaries.flatMap((each) => [...each.fields]),
    unread,
  };
}

describe('a file in parts', () => {
  it.each([2, 3, 7])('is the same in %i threads as in one piece', async (threads) => {
    const path = join(dir, 'rows.jsonl');
    await writeFile(path, lines.join('\n'));
    const task = {
      path,
      format: 'alpaca',
      from: 0,
      options: { n: 3, unit: 'auto', key: 'row' },
      bits: 16,
    } as const;
    const run = async (count: number) => {
      const opened = open(task, Number.POSITIVE_INFINITY, () => undefined, count);
      close.push(opened.close);
      expect(opened.parts).toHaveLength(count);
      return hash(opened.parts);
    };
    const whole = await run(1);
    expect(whole.rows.length).toBeGreaterThan(100);
    expect(whole.rows.length).toBeLessThan(3000);
    expect(whole.unread).toEqual({ D001: lines.filter((line) => line === '{"instruction":').length });
    expect(whole.lines).toBe(3000);
    expect(await run(threads)).toEqual(whole);
  });

  it('is cut at the beginning of lines, and read line by line for any line length', async () => {
    const path = join(dir, 'odd.jsonl');
    for (const text of [
      '',
      'a',
      'a\n',
      '\n\n',
      'a\nbb\r\n\nccc',
      `${'x'.repeat(5000)}\ny\n`,
      `y\n${'x'.repeat(5000)}`,
    ]) {
      await writeFile(path, text);
      for (const parts of [1, 2, 3, 9]) {
        const ranges = cutFile(path, 0, parts);
        expect([ranges[0]?.from, ranges.at(-1)?.to]).toEqual([0, text.length]);
        let read = '';
        let long = 0;
        for (const range of ranges) {
          expect(range.from === 0 || text[range.from - 1] === '\n').toBe(true);
          const keep = (region: Buffer) => {
            read += region.toString();
          };
          readLinesSync({ path, ...range }, 5e7, keep, (bytes) => {
            long += bytes;
          });
        }
        expect([read, long]).toEqual([text, 0]);
      }
    }
  });

  it('has lines over the limit left out, with their size', async () => {
    const path = join(dir, 'long.jsonl');
    const long = 'x'.repeat(7_000_000);
    for (const text of [`a\n${long}\nb\n`, `${long}\nb\n`, `a\n${long}`]) {
      await writeFile(path, text);
      let read = '';
      const sizes: number[] = [];
      const keep = (region: Buffer) => {
        read += region.toString();
      };
      readLinesSync({ path, from: 0, to: text.length }, 3_000_000, keep, (bytes) => void sizes.push(bytes));
      expect(read).toBe(text.replace(/x+\n?/, ''));
      expect(sizes).toEqual([text.match(/x+\n?/)?.[0].length]);
    }
  });
});
