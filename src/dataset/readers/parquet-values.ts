// Converts Parquet values to the JSON values of the same rows as JSON lines.
import { isUtf8 } from 'node:buffer';
import { binaryColumn } from '../checks/structure/binary-column.ts';
import { brokenUtf8 } from '../checks/structure/broken-utf8.ts';
import { noNumber } from '../checks/structure/no-number.ts';
import { isDeeperThan, maxDepth } from '../depth.ts';
import { exactJson, keepExact, noteExact, noteWritten } from '../exact-json.ts';
import { isMediaField, mayHoldMedia } from '../meaning/media.ts';
import type { Column } from './parquet-columns.ts';
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

/** Times become ISO 8601 text; text keeps its bytes if they are not UTF-8, so that the row can be named. */
export const parquetParsers = {
  timestampFromMilliseconds: (time: bigint) => isoTime(Number(time)),
  timestampFromMicroseconds: (time: bigint) => finerTime(time, 1000n),
  timestampFromNanoseconds: (time: bigint) => finerTime(time, 1_000_000n),
  dateFromDays: (days: number) => isoTime(days * 86_400_000).slice(0, 10),
  stringFromBytes: (bytes: Uint8Array) => bytes && readText(bytes),
  jsonFromBytes(bytes: Uint8Array) {
    const text = bytes && readText(bytes);
    try {
      if (typeof text !== 'string') return text;
      const value = JSON.parse(text) as unknown;
      if (!isDeeperThan(value, maxDepth)) noteExact(text, value);
      return value;
    } catch {
      return text;
    }
  },
};

function readText(bytes: Uint8Array): string | BrokenText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(buffer) ? buffer.toString('utf8') : new BrokenText(bytes);
}

// Digits below the millisecond are written if there are any.
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
  /** UTF-16 units of all texts so far, and how many a row may have. */
  units: number;
  most: number;
}

/** The row with `number` (from 1); `columns` is what the file's schema adds to the values. */
export function toRawRow(
  row: TableRow,
  columns: Column | null,
  number: number,
  options: ReadOptions,
): RawRow {
  const seen: Seen = {
    broken: null,
    binary: new Set(),
    numberless: new Set(),
    units: 0,
    most: options.maxRowBytes,
  };
  const value = toObject(row, columns, '', seen);
  for (const column of seen.binary)
    options.remark({
      check: binaryColumn,
      message: `The column ${JSON.stringify(column)} holds bytes that are not text; they are left out.`,
      data: { column },
    });
  for (const column of seen.numberless)
    options.remark({
      check: noNumber,
      message: `The column ${JSON.stringify(column)} has NaN or infinity, which JSON does not have; it is read as null.`,
      data: { column },
    });
  // Texts of a dictionary are shared by the places they stand in; JSON would copy each of them.
  if (seen.units > options.maxRowBytes)
    return {
      ...longRow(startOf(value), seen.units, options.maxRowBytes, number, 1),
      origin: { kind: 'table' },
    };
  const text = exactJson(value);
  const origin = { kind: 'table' } as const;
  // Units are never more than bytes.
  const bytes = text.length * 3 > options.maxRowBytes ? Buffer.byteLength(text) : 0;
  if (bytes > options.maxRowBytes)
    return { ...longRow(Buffer.from(text.slice(0, 200)), bytes, options.maxRowBytes, number, 1), origin };
  const media = [...seen.binary].find((path) =>
    path.split('.').some((key) => isMediaField(key) || mayHoldMedia(key)),
  );
  if (seen.broken === null)
    return {
      line: number,
      column: 1,
      text,
      value,
      fault: null,
      origin,
      ...(media !== undefined && { media }),
    };
  const fault = {
    check: brokenUtf8,
    message: `The text of column ${JSON.stringify(seen.broken)} is not UTF-8.`,
    hint: 'write the column again from text in the right encoding',
    offset: 0,
  };
  return { line: number, column: 1, text, value: undefined, fault, origin };
}

function startOf(value: TableRow): Buffer {
  const members = Object.entries(value).map(([name, inner]) => {
    const start = typeof inner === 'string' ? JSON.stringify(inner.slice(0, 200)) : '…';
    return `${JSON.stringify(name)}:${start}`;
  });
  return Buffer.from(`{${members.join(',')}`.slice(0, 200));
}

/** The JSON for a value; undefined if it is left out. `path` names it for people: `messages.content`. */
function toJson(value: unknown, column: Column | null, path: string, seen: Seen): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) seen.numberless.add(path);
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value === 'string') seen.units += value.length;
  if (typeof value !== 'object') return value;
  // The row is too long already.
  if (seen.units > seen.most) return null;
  if (value instanceof BrokenText) {
    seen.broken ??= path;
    seen.units += value.bytes.length;
    return Buffer.from(value.bytes).toString('utf8');
  }
  if (value instanceof Uint8Array) {
    const text = readText(value);
    if (typeof text === 'string') {
      seen.units += text.length;
      return text;
    }
    seen.binary.add(path);
    return undefined;
  }
  if (!Array.isArray(value) && !ArrayBuffer.isView(value))
    return toObject(value as TableRow, column, path, seen);
  const written = new Map<string, string>();
  const list = Array.from(value as unknown[], (each, i) => {
    noteNumber(each, column?.inner ?? null, String(i), written);
    return toJson(each, column?.inner ?? null, path, seen) ?? null;
  });
  return noteWritten(keepExact(value, list), null, written);
}

// All rows of a file share its columns, so a field that a turn or a tool does not have is null.
function toObject(value: TableRow, column: Column | null, path: string, seen: Seen): TableRow {
  const written = new Map<string, string>();
  const members = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const below = column?.fields?.get(name) ?? column?.inner ?? null;
    const plain = toJson(inner, below, path === '' ? name : `${path}.${name}`, seen);
    // The row itself keeps its nulls.
    if (plain === undefined || (plain === null && path !== '')) return [];
    noteNumber(inner, below, name, written);
    return [[name, plain]];
  });
  // fromEntries defines "__proto__" as an ordinary member; assignment would not.
  const object = keepExact(value, Object.fromEntries(members));
  const names = column?.fields && [...column.fields.keys()];
  return noteWritten(object, names?.some((name) => /^\d/.test(name)) ? names : null, written);
}

// A whole number of a column of decimals, or one with more digits than JavaScript holds.
function noteNumber(value: unknown, column: Column | null, key: string, written: Map<string, string>): void {
  if (typeof value === 'bigint' && !Number.isSafeInteger(Number(value))) written.set(key, String(value));
  if (typeof value !== 'number' || !column?.decimal || !Number.isInteger(value)) return;
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (!text.includes('e')) written.set(key, `${text}.0`);
}
