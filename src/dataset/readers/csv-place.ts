// Maps a pointer into a row's JSON to the cell of its CSV record.
import { escapePointer, findPointer, pointerTokens } from '../text-position.ts';
import { walkJson } from '../walk-json.ts';
import { offsetInCell, splitRecord } from './csv-record.ts';
import { originalOffset } from './offsets.ts';
import { fromPython, looksLikePython } from './python-notation.ts';
import type { RowOrigin } from './raw-row.ts';

/**
 * The UTF-16 offset in the record of the value at `pointer`, or of a unit inside its text; the record's start if
 * the pointer leads to no cell.
 */
export function findInRecord(
  origin: Extract<RowOrigin, { kind: 'csv' }>,
  pointer: string,
  inside?: number,
): number {
  const { record, names } = origin;
  const [name, ...below] = pointerTokens(pointer);
  const cell = name === undefined ? undefined : splitRecord(record, origin)[names.indexOf(name)];
  if (!cell) return 0;
  if (below.length === 0) return offsetInCell(record, cell, inside ?? 0, origin);
  const path = below.map((token) => `/${escapePointer(token)}`).join('');
  return offsetInCell(record, cell, findInValue(cell.value, path, inside), origin);
}

// The value is JSON, or Python's notation that was read as JSON.
function findInValue(value: string, path: string, inside?: number): number {
  const python = looksLikePython(value) && walkJson(value, {}) !== null ? fromPython(value) : null;
  if (!python) return findPointer(value, path, inside);
  return originalOffset(python.offsets, findPointer(python.json, path, inside));
}
