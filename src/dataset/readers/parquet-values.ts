// From Parquet's values to those JSON has: what the same rows would be as JSON lines.
import { isUtf8 } from 'node:buffer';
import { binaryColumn } from '../checks/binary-column.ts';
import { brokenUtf8 } from '../checks/broken-utf8.ts';
import { noNumber } from '../checks/no-number.ts';
import { findInexact } from '../exact-numbers.ts';
import { hasOddNumber } from '../json-shape.ts';
import { longRow } from './parse-row.ts';
import type { RawRow, ReadOptions } from './raw-row.ts';

/** A row by its columns, as hyparquet gives it. */
export type TableRow = Record<string, unknown>;

/** Text whose bytes are not UTF-8. */
class BrokenText {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Times become ISO 8601 text; text keeps its bytes where they are not UTF-8, so that the row can be named. */
export const parquetParsers = {
  timestampFromMilliseconds: (time: bigint) => isoTime(Number(time)),
  timestampFromMicroseconds: (time: bigint) => finerTime(time, 1000n),
  timestampFromNanoseconds: (time: bigint) => finerTime(time, 1_000_000n),
  dateFromDays: (days: number) => isoTime(days * 86_400_000).slice(0, 10),
  stringFromBytes: (bytes: Uint8Array) => bytes && readText(bytes),
  jsonFromBytes(bytes: Uint8Array) {
    const text = bytes && readText(bytes);
    try {
      const value = typeof text === 'string' ? (JSON.parse(text) as unknown) : text;
      // What cannot be held exactly stays text.
      return typeof text === 'string' && hasOddNumber(value) && findInexact(text).length > 0 ? text : value;
    } catch {
      return text;
    }
  },
};

function readText(bytes: Uint8Array): string | BrokenText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(buffer) ? buffer.toString('utf8') : new BrokenText(bytes);
}

// Digits below the millisecond are written where there are any.
function finerTime(time: bigint, perMs: bigint): string {
  const rest = ((time % perMs) + perMs) % perMs;
  const text = isoTime(Number((time - rest) / perMs));
  return rest === 0n ? text : text.replace(/Z$/, `${String(rest).padStart(String(perMs).length - 1, '0')}Z`);
}

function isoTime(ms: number): string {
  // Beyond what a Date holds.
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

interface Seen {
  broken: string | null;
  binary: Set<string>;
  numberless: Set<string>;
}

/** The row with `number` (from 1). */
export function toRawRow(row: TableRow, number: number, options: ReadOptions): RawRow {
  const seen: Seen = { broken: null, binary: new Set(), numberless: new Set() };
  const members = Object.entries(row).flatMap(([name, value]): [string, unknown][] => {
    const plain = toJson(value, name, seen);
    return plain === undefined ? [] : [[name, plain]];
  });
  // fromEntries defines "__proto__" as a plain member; assignment would not.
  const value = Object.fromEntries(members);
  for (const column of seen.binary)
    options.remark({
      check: binaryColumn,
      message: `The column ${JSON.stringify(column)} holds bytes that are no text; they are left out.`,
      data: { column },
    });
  for (const column of seen.numberless)
    options.remark({
      check: noNumber,
      message: `The column ${JSON.stringify(column)} holds NaN or infinity, which JSON has not; it is read as null.`,
      data: { column },
    });
  const text = JSON.stringify(value);
  const origin = { kind: 'table' } as const;
  // Units are never more than bytes.
  const bytes = text.length * 3 > options.maxRowBytes ? Buffer.byteLength(text) : 0;
  if (bytes > options.maxRowBytes)
    return { ...longRow(Buffer.from(text.slice(0, 200)), bytes, options.maxRowBytes, number, 1), origin };
  if (seen.broken === null) return { line: number, column: 1, text, value, fault: null, origin };
  const fault = {
    check: brokenUtf8,
    message: `The text of column ${JSON.stringify(seen.broken)} is not UTF-8.`,
    hint: 'write the column again from text in the right encoding',
    offset: 0,
  };
  return { line: number, column: 1, text, value: undefined, fault, origin };
}

/** The JSON for a value; undefined where it is left out. `path` names it for people: `messages.content`. */
function toJson(value: unknown, path: string, seen: Seen): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) seen.numberless.add(path);
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value !== 'object') return value;
  if (value instanceof BrokenText) {
    seen.broken ??= path;
    return Buffer.from(value.bytes).toString('utf8');
  }
  if (value instanceof Uint8Array) {
    const text = readText(value);
    if (typeof text === 'string') return text;
    seen.binary.add(path);
    return undefined;
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as unknown[], (each) => toJson(each, path, seen) ?? null);
  // All rows of a file share its columns: what a turn or a tool does not have stands there as null.
  const members = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const plain = toJson(inner, `${path}.${name}`, seen);
    return plain === undefined || plain === null ? [] : [[name, plain]];
  });
  return Object.fromEntries(members);
}
