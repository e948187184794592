// One row's bytes become a value, or a fault with its place.
import { isUtf8 } from 'node:buffer';
import { brokenUtf8 } from '../checks/structure/broken-utf8.ts';
import { invalidJson } from '../checks/structure/invalid-json.ts';
import { rowTooLong } from '../checks/structure/row-too-long.ts';
import { walkJson } from '../walk-json.ts';
import type { RawRow } from './raw-row.ts';

/** Parses one row's text; a fault says where and why. */
export function parseRow(text: string, line: number, column: number): RawRow {
  try {
    return { line, column, text, value: JSON.parse(text) as unknown, fault: null };
  } catch {
    const found = walkJson(text, {}) ?? { offset: 0, reason: 'this is not JSON' };
    return {
      line,
      column,
      text,
      value: undefined,
      fault: {
        check: invalidJson,
        message: `The row is not valid JSON: ${found.reason}.`,
        offset: found.offset,
        ...(found.hint !== undefined && { hint: found.hint }),
      },
    };
  }
}

/** Parses bytes known to be valid UTF-8 or not yet looked at; broken ones are named at the first bad byte. */
export function parseRowBytes(bytes: Buffer, line: number, column: number): RawRow {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return parseRow(text, line, column);
  const good = validPrefix(bytes);
  const byte = bytes[good] ?? 0;
  return {
    line,
    column,
    text,
    value: undefined,
    fault: {
      check: brokenUtf8,
      message: `The row is not UTF-8: byte 0x${byte.toString(16).padStart(2, '0')} fits no character.`,
      offset: bytes.toString('utf8', 0, good).length,
    },
  };
}

/** A row over the size limit: its start only. */
export function longRow(start: Buffer, bytes: number, limit: number, line: number, column: number): RawRow {
  return {
    line,
    column,
    text: start.toString('utf8', 0, 200),
    value: undefined,
    fault: {
      check: rowTooLong,
      message: `The row is longer than ${limit.toLocaleString('en-US')} bytes (${bytes.toLocaleString('en-US')}).`,
      offset: 0,
    },
  };
}

// Bytes up to the first that breaks UTF-8, by halving: isUtf8 is fast and a cut character is put back.
function validPrefix(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 8) {
    const middle = characterStart(bytes, (good + bad) >> 1);
    if (middle <= good) break;
    if (isUtf8(bytes.subarray(good, middle))) good = middle;
    else bad = middle;
  }
  while (good < bytes.length) {
    const size = [1, 2, 3, 4].find((n) => isUtf8(bytes.subarray(good, good + n)));
    if (size === undefined) break;
    good += size;
  }
  return good;
}

function characterStart(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
