// Tables: aligned on a terminal, tab-separated when piped, so that `cut` and `awk` work.
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { OutputStream } from '../context.ts';
import { mapText, paint, visible } from './paint.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

const border = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
const chars = {
  ...border,
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows under their column titles; every cell is made harmless for a terminal. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  stream: Pick<OutputStream, 'isTTY' | 'color' | 'columns'>,
): string {
  const clean = rows.map((row) => row.map((cell) => cleanCell(cell)));
  if (!stream.isTTY)
    return [columns.map((c) => c.title), ...clean].map((row) => `${row.join('\t')}\n`).join('');
  const ink = paint(stream.color);
  const table = new Table({
    head: columns.map((column) => ink.dim(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    ...fitted(columns, clean, stream.columns),
  });
  table.push(...clean.map((row) => [...row]));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

// Colour codes of our own stay; anything else that could move a cursor does not.
function cleanCell(cell: string): string {
  return mapText(cell, (part) => visible(part.replace(/\s/g, ' ')));
}

function fitted(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): { colWidths?: (number | null)[]; wordWrap?: boolean } {
  const widths = columns.map((column, i) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[i] ?? ''))),
  );
  const total = widths.reduce((sum, w) => sum + w + 2, 0);
  if (total <= width) return {};
  // The widest column gives way, down to 12 characters.
  const widest = widths.indexOf(Math.max(...widths));
  const room = Math.max(12, (widths[widest] ?? 0) - (total - width));
  return { colWidths: widths.map((_, i) => (i === widest ? room : null)), wordWrap: true };
}
