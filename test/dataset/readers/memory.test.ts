// Memory does not grow with the file: real files of 300 MB, scanned by processes of their own.
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compiled, compileSources } from '../../supervise/kill/compile.ts';
import { structureOnly } from '../scan-text.ts';
import { readBytes } from './read-bytes.ts';

const megabyte = 1_000_000;
const wantedBytes = 300 * megabyte;
/** Node itself takes some 60 MiB; a reader that kept the file would need more than 300. */
const mostMebibytes = 260;

let compiled: Compiled;
let dir: string;

beforeAll(async () => {
  compiled = await compileSources();
  dir = mkdtempSync(join(tmpdir(), 'lorch-memory-'));
}, 120_000);
afterAll(async () => {
  await compiled?.remove();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

function* repeat(first: string, row: (n: number) => string): Generator<string> {
  yield first;
  for (let n = 0, bytes = 0; bytes < wantedBytes; ) {
    let text = '';
    while (text.length < megabyte) text += row(n++);
    bytes += text.length;
    yield text;
  }
}

const filler = 'the quick brown fox jumps over the lazy dog '.repeat(90);
const jsonRow = (n: number): string => `{"instruction":"Say ${n}","output":"${filler}"}\n`;
const csvRow = (n: number): string => `"Say ${n}","${filler}\nand more"\n`;

async function scan(name: string, text: Generator<string>, gzip = false) {
  const path = join(dir, name);
  const steps = [Readable.from(text), ...(gzip ? [createGzip({ level: 6 })] : []), createWriteStream(path)];
  await pipeline(steps as [Readable, NodeJS.WritableStream]);
  const program = `
    import { scanDataset } from ${JSON.stringify(pathToFileURL(join(compiled.dir, 'dataset/scan/scan.js')).href)};
    const checks = ${JSON.stringify(structureOnly)};
    const options = { format: 'auto', onError: 'drop', duplicates: { exact: 'drop' }, split: null, checks };
    const result = await scanDataset([{ path: ${JSON.stringify(path)}, label: 'rows' }], options);
    const { rows, findingsByCode } = result;
    console.log(JSON.stringify({ rows, findingsByCode, mebibytes: process.resourceUsage().maxRSS / 1024 }));
  `;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program]);
  rmSync(path);
  return JSON.parse(stdout) as { rows: number; findingsByCode: Record<string, number>; mebibytes: number };
}

describe('300 MB', () => {
  it.each([
    ['of JSON lines', () => scan('rows.jsonl', repeat('', jsonRow)), {}],
    ['of JSON lines in gzip', () => scan('rows.jsonl.gz', repeat('', jsonRow), true), {}],
    [
      'of an array',
      () =>
        scan(
          'rows.json',
          repeat('[{"instruction":"Hi","output":"Yes"}\n', (n) => `,${jsonRow(n)}`),
        ),
      { D008: 1 },
    ],
    ['of CSV', () => scan('rows.csv', repeat('instruction,output\n', csvRow)), {}],
  ] as const)(
    '%s are read in little memory',
    async (_name, run, findings) => {
      const { rows, findingsByCode, mebibytes } = await run();
      expect(rows).toBeGreaterThan(70_000);
      expect(findingsByCode).toEqual(findings);
      expect(mebibytes).toBeLessThan(mostMebibytes);
    },
    120_000,
  );

  it('behind a quote that never closes are read, too', async () => {
    const plain = (n: number): string => `Say ${n},${filler}\n`;
    const { rows, findingsByCode, mebibytes } = await scan(
      'rows.csv',
      repeat('instruction,output\nHi,"never\n', plain),
    );
    expect(rows).toBeGreaterThan(70_000);
    expect(findingsByCode).toEqual({ D054: 1 });
    // The quote is given up after 50 MB.
    expect(mebibytes).toBeLessThan(mostMebibytes + 300);
  }, 120_000);
});

describe('an archive that unpacks a thousandfold', () => {
  const endless = (before: string, after: string) => {
    const wanted = 2 * wantedBytes;
    return (function* () {
      yield before;
      for (let bytes = 0; bytes < wanted; bytes += megabyte) yield 'x'.repeat(megabyte);
      yield after;
    })();
  };

  it.each([
    ['rows.jsonl.gz', '{"output":"1"}\n{"output":"', '"}\n{"output":"3"}\n'],
    ['rows.json.gz', '[{"output":"1"},\n{"output":"', '"},\n{"output":"3"}]'],
    ['rows.csv.gz', 'id,output\na,1\nb,"', '"\nc,3\n'],
  ])(
    'into one line: %s names it, and reads the rows around it',
    async (name, before, after) => {
      const { rows, findingsByCode, mebibytes } = await scan(name, endless(before, after), true);
      expect([rows, findingsByCode.D004]).toEqual([3, 1]);
      expect(mebibytes).toBeLessThan(mostMebibytes);
    },
    120_000,
  );
});

describe('a line of 50 MB', () => {
  const limit = 50 * megabyte;
  const long = 'x'.repeat(limit - 40);

  it.each([
    ['JSON lines', (text: string) => `{"output":"1"}\n{"output":"${text}"}\n{"output":"3"}\n`],
    ['an array', (text: string) => `[{"output":"1"},\n{"output":"${text}"},\n{"output":"3"}]`],
    ['CSV', (text: string) => `id,output\na,1\nb,"${text}"\nc,3\n`],
  ])(
    'is a row of %s, and a longer one is named at its line',
    async (_name, write) => {
      const fits = await readBytes(write(long), { maxRowBytes: limit });
      expect(fits.rows.map(({ fault }) => fault)).toEqual([null, null, null]);
      const longer = await readBytes(write(long + long.slice(0, 100)), { maxRowBytes: limit });
      const lines = longer.rows.map(({ line, fault }) => [line, fault?.check.code]);
      expect(lines.map(([, code]) => code)).toEqual([undefined, 'D004', undefined]);
      expect(lines.map(([line]) => Number(line) - Number(lines[0]?.[0]))).toEqual([0, 1, 2]);
    },
    60_000,
  );
});
