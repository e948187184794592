// Common rows of JSON lines, read by rows.c: the place of each line, whether it is common, and its duplicate_key.
import { wasmBase64 } from './rows-wasm.ts';

/** Numbers per line in the table: start and end in bytes, 1 for a common row, and four of its key. */
export const lineWidth = 7;

interface LineTable {
  /** How many lines were read. */
  lines: number;
  /** `lineWidth` numbers a line; a view that the next call overwrites. */
  table: Int32Array;
  /** Bytes read. */
  bytes: number;
}

interface Exports {
  memory: WebAssembly.Memory;
  init(): number;
  read_rows(from: number, to: number, format: number, rows: number, most: number, scratch: number): number;
}

const formatNumbers: Readonly<Record<string, number>> = { alpaca: 0, chatml: 1 };
const mostLines = 16_384;

/** Reads as many lines of a region as fit, starting at `from`. */
export type PlainReader = (region: Uint8Array, from: number) => LineTable;

/** A reader for rows of that format; null if native code does not support it. */
export function createPlainReader(format: string): PlainReader | null {
  const number = formatNumbers[format];
  if (number === undefined) return null;
  const module = new WebAssembly.Module(Buffer.from(wasmBase64, 'base64'));
  const { memory, init, read_rows } = new WebAssembly.Instance(module).exports as unknown as Exports;
  const table = (init() + 15) & ~15;
  const input = table + mostLines * lineWidth * 4;
  return (region, from) => {
    const size = region.length - from;
    // After the text: a final line break, and room for a row's texts and the data hashed between them.
    const scratch = (input + size + 1 + 15) & ~15;
    const missing = scratch + size * 2 + 1024 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(from === 0 ? region : region.subarray(from), input);
    const broken = region[region.length - 1] !== 10;
    bytes[input + size] = 10;
    const end = input + size + (broken ? 1 : 0);
    const lines = read_rows(input, end, number, table, mostLines, scratch);
    const rows = new Int32Array(memory.buffer, table, lines * lineWidth);
    const last = rows[(lines - 1) * lineWidth + 1] ?? -1;
    return { lines, table: rows, bytes: Math.min(size, last + 1) };
  };
}
