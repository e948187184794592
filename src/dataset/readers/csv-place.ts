// From a pointer into a row's JSON to the cell of the CSV record that it was made from.
import { escapePointer, findPointer, pointerTokens } from '../text-position.ts';
import { offsetInCell, splitRecord } from './csv-record.ts';
import type { RowOrigin } from './raw-row.ts';

/**
 * The UTF-16 offset in the record of the value at `pointer`, or of a unit inside its text; the record's start where
 * the pointer leads to no cell.
 */
export function findInRecord(
  { record, names, delimiter }: Extract<RowOrigin, { kind: 'csv' }>,
  pointer: string,
  inside?: number,
): number {
  const [name, ...below] = pointerTokens(pointer);
  const cell = name === undefined ? undefined : splitRecord(record, delimiter)[names.indexOf(name)];
  if (!cell) return 0;
  if (below.length === 0) return offsetInCell(record, cell, inside ?? 0);
  const path = below.map((token) => `/${escapePointer(token)}`).join('');
  return offsetInCell(record, cell, findPointer(cell.value, path, inside));
}
