// Suggests a field for a name that no row has.
import { editDistance } from '../../diagnostics/edit-distance.ts';
import { isRow } from './fields.ts';
import type { Row } from './format.ts';

/** A hint with the nearest of the rows' fields, including nested ones, or with all fields. */
export function nearestKey(name: string, rows: readonly Row[]): string {
  const separator = name.startsWith('/') ? '/' : '.';
  const plain = name.replace(/^\//, '');
  const keys = new Set(rows.slice(0, 50).flatMap((row) => fieldNames(row, separator, 3)));
  const near = [...keys]
    .filter((key) => Math.abs(key.length - plain.length) <= 3)
    .map((key) => ({ key, distance: editDistance(key.toLowerCase(), plain.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const lead = separator === '/' ? '/' : '';
  if (near && near.distance <= Math.min(3, Math.max(1, Math.floor(plain.length / 3))))
    return `did you mean ${JSON.stringify(lead + near.key)}?`;
  const shown = [...keys].slice(0, 12).map((key) => JSON.stringify(lead + key));
  return `the rows have ${shown.join(', ') || 'no fields'}${keys.size > 12 ? ' and more' : ''}`;
}

function fieldNames(row: Row, separator: string, depth: number): string[] {
  return Object.entries(row).flatMap(([key, value]) =>
    isRow(value) && depth > 1
      ? [key, ...fieldNames(value, separator, depth - 1).map((below) => `${key}${separator}${below}`)]
      : [key],
  );
}
