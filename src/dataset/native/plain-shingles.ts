// The shingles of common rows of JSON lines, computed by shingles.c, with counts.
import { createClasses } from '../duplicates/character-classes.ts';
import type { CountTable } from '../duplicates/peel.ts';
import { wasmBase64 } from './shingles-wasm.ts';

/** Numbers per line: start and end in bytes, number of shingles (0: for TypeScript), and two hashes of two numbers each. */
export const shingleLineWidth = 7;

interface ShingledLines {
  /** How many lines were read. */
  lines: number;
  /** `shingleLineWidth` numbers a line; a view that the next call overwrites, as is `shingles`. */
  table: Uint32Array;
  /** Those of one line after those of another. */
  shingles: Int32Array;
  /** Bytes read. */
  bytes: number;
}

export interface PlainShingler {
  /** Reads as many lines of a region as fit, starting at `from`, and counts their shingles. */
  read(region: Uint8Array, from: number): ShingledLines;
  /** The counts; a view that is valid until the next call of `read`. */
  counts(): CountTable;
}

interface Exports {
  memory: WebAssembly.Memory;
  init(n: number): number;
  read_rows(
    from: number,
    to: number,
    format: number,
    rows: number,
    most: number,
    out: number,
    room: number,
    counts: number,
    shift: number,
  ): number;
}

const formatNumbers: Readonly<Record<string, number>> = { alpaca: 0, chatml: 1 };
const mostLines = 16_384;
const room = 512 * 1024;

/** For rows of that format, with 2^`bits` counts; null if native code does not support it. */
export function createPlainShingler(
  format: string,
  n: number,
  unit: 'auto' | 'words',
  bits: number,
): PlainShingler | null {
  const number = formatNumbers[format];
  if (number === undefined) return null;
  const { classify, classifyPair } = createClasses(unit, false);
  const module = new WebAssembly.Module(Buffer.from(wasmBase64, 'base64'));
  const env = { classify, classify_pair: classifyPair };
  const { memory, init, read_rows } = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  const shift = 32 - bits;
  const table = (init(n) + 15) & ~15;
  const out = table + mostLines * shingleLineWidth * 4;
  const counts = out + room * 4;
  const countBytes = 2 ** (bits - 2);
  const input = counts + countBytes;
  const reserve = (bytes: number): void => {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  };
  reserve(input);
  return {
    read(region, from) {
      const size = region.length - from;
      reserve(input + size + 1);
      const bytes = new Uint8Array(memory.buffer);
      bytes.set(from === 0 ? region : region.subarray(from), input);
      const broken = region[region.length - 1] !== 10;
      bytes[input + size] = 10;
      const end = input + size + (broken ? 1 : 0);
      const lines = read_rows(input, end, number, table, mostLines, out, room, counts, shift);
      const rows = new Uint32Array(memory.buffer, table, lines * shingleLineWidth);
      const last = rows[(lines - 1) * shingleLineWidth + 1] ?? -1;
      return {
        lines,
        table: rows,
        shingles: new Int32Array(memory.buffer, out, room),
        bytes: Math.min(size, last + 1),
      };
    },
    counts: () => ({ counts: new Uint8Array(memory.buffer, counts, countBytes), shift }),
  };
}
