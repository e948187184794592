// Files of mutated rows in every format and every shape that a reader takes.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Example } from '../../../src/dataset/example.ts';
import { formats } from '../../../src/dataset/formats/index.ts';
import { arbitraryExample } from '../arbitrary-example.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateRow } from './mutate-row.ts';
import { createRandom, type Random } from './random.ts';

export interface FuzzedFile {
  bytes: Buffer;
  /** Whether places in it can be looked up: it is not compressed. */
  plain: boolean;
}

const poolSize = 2_000;
const pools = new Map<number, readonly Example[]>();

// Examples are drawn in lots: one lot serves some thousands of files.
function examplesOf(lot: number): readonly Example[] {
  const known = pools.get(lot);
  if (known) return known;
  const drawn = fc.sample(arbitraryExample, { seed: lot, numRuns: poolSize });
  pools.clear();
  pools.set(lot, drawn);
  return drawn;
}

// Found from the checkout, as the compiled copy has no fixtures beside it.
const fixtures = resolve(process.env.LORCH_FUZZ_ROOT ?? '.', 'test/fixtures/readers');
const noText = (): Buffer => Buffer.from('{"text":"a"}\n');
let read: Buffer[] | null = null;

// Parquet and zstd, which nothing here writes.
function binaries(): readonly Buffer[] {
  read ??= readdirSync(fixtures)
    .filter((name) => /\.(parquet|zst)$/.test(name))
    .sort()
    .map((name) => readFileSync(join(fixtures, name)));
  return read;
}

/** The file that belongs to a seed. */
export function makeFile(seed: number): FuzzedFile {
  const random = createRandom(seed);
  if (random.chance(0.05))
    return { bytes: mutateBytes(random.pick(binaries()), random.int(4), random, noText), plain: false };
  const examples = examplesOf(Math.floor(seed / 5_000));
  const clean = makeText(examples, random);
  const bytes = random.chance(0.5)
    ? mutateBytes(clean, random.int(4) + 1, random, () => makeText(examples, random))
    : clean;
  if (!random.chance(0.05)) return { bytes, plain: true };
  const packed = gzipSync(bytes);
  const damaged = random.chance(0.5) ? mutateBytes(packed, 1, random, () => packed) : packed;
  return { bytes: damaged, plain: false };
}

function makeText(examples: readonly Example[], random: Random): Buffer {
  const count = random.chance(0.05) ? random.int(400) : random.int(12) + 1;
  const mixed = random.chance(0.15);
  const format = random.pick(formats);
  const rows: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const row = makeRow(random.pick(examples), mixed ? random.pick(formats) : format, random);
    const text = mutateRow(row, random.chance(0.4) ? random.int(3) + 1 : 0, random);
    rows.push(text);
    // Duplicates, to the byte.
    if (random.chance(0.1)) rows.push(text);
  }
  return Buffer.from(random.pick(shapes)(rows, random));
}

function makeRow(example: Example, format: (typeof formats)[number], random: Random): unknown {
  const rendered = format.render?.(example).row;
  if (rendered) return rendered;
  const text = (): string => random.pick(['Yes.', 'No.', '42', 'A longer answer, with words.']);
  const messages = (): unknown => [{ role: 'assistant', content: text() }];
  return random.chance(0.5)
    ? { prompt: text(), chosen: text(), rejected: text() }
    : { prompt: [{ role: 'user', content: text() }], chosen: messages(), rejected: messages() };
}

const shapes: ((rows: string[], random: Random) => string)[] = [
  (rows) => rows.map((row) => `${row}\n`).join(''),
  (rows) => rows.map((row) => `${row}\n`).join(''),
  (rows) => rows.join('\n'),
  (rows) => rows.map((row) => `${row}\r\n`).join(''),
  (rows) => `[${rows.join(',')}]`,
  (rows) => `[\n  ${rows.join(',\n  ')}\n]\n`,
  (rows) => `[\n${rows.map(pretty).join(',\n')}\n]\n`,
  // Each line of these is a fault: a few are enough.
  (rows) => rows.slice(0, 3).map(pretty).join('\n'),
  (rows) => `{"data": [${rows.join(',')}]}`,
  (rows) => rows.join(' '),
  (rows) => rows.map((row) => `${row},\n`).join(''),
  (rows) => `[${rows.join(',')}]\n[${rows.join(',')}]\n`,
  (rows, random) => toCsv(rows, random.pick([',', '\t', ';'])),
];

function pretty(row: string): string {
  try {
    return JSON.stringify(JSON.parse(row), null, 2);
  } catch {
    return row;
  }
}

function toCsv(rows: readonly string[], comma: string): string {
  const cell = (value: unknown): string => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return /["\n\r,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const objects = rows.map((row) => {
    try {
      return (JSON.parse(row) ?? {}) as Record<string, unknown>;
    } catch {
      return { broken: row };
    }
  });
  const columns = [...new Set(objects.flatMap((each) => Object.keys(each)))].slice(0, 20);
  return [
    columns,
    ...objects.map((each) => columns.map((key) => (Object.hasOwn(each, key) ? each[key] : ''))),
  ]
    .map((line) => `${line.map(cell).join(comma)}\n`)
    .join('');
}
