// Tables: aligned and fitted on a terminal. Piped, tab-separated by default, so that `cut` and `awk` work.
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { OutputStream } from '../context.ts';
import { mapText, paint, visible } from './paint.ts';
import { wrapLines } from './wrap.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Left out if the terminal is too narrow; the highest number goes first. */
  drop?: number;
}

/** How a table is laid out. Without `tabs`, a pipe gets tabs and a terminal gets columns. */
export type TableStyle = Pick<OutputStream, 'isTTY' | 'color' | 'columns'> & { tabs?: boolean };

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

const gap = 2;
const narrowest = 8;

/** Rows under their column titles; every cell is made harmless for a terminal. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  stream: TableStyle,
): string {
  const clean = rows.map((row) => row.map((cell) => cleanCell(cell)));
  if (stream.tabs ?? !stream.isTTY)
    return [columns.map((c) => c.title), ...clean].map((row) => `${row.join('\t')}\n`).join('');
  // Only a terminal has a width to fit into.
  const fit = stream.isTTY
    ? fitColumns(columns, clean, stream.columns)
    : fitColumns(columns, clean, Infinity);
  const ink = paint(stream.color);
  const cut = (cell: string, i: number) =>
    wrapLines(breakNames(cell, fit.widths[i] ?? narrowest), fit.widths[i] ?? narrowest, { hard: true }).join(
      '\n',
    );
  const table = new Table({
    head: fit.kept.map((c, i) => ink.dim(cut(columns[c]?.title ?? '', i))),
    colAligns: fit.kept.map((c) => columns[c]?.align ?? 'left'),
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...clean.map((row) => fit.kept.map((c, i) => cut(row[c] ?? '', i))));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** The titles of the columns that {@link renderTable} leaves out on this stream. */
export function droppedColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  stream: TableStyle,
): string[] {
  if (!stream.isTTY || stream.tabs) return [];
  const { kept } = fitColumns(columns, rows, stream.columns);
  return columns.filter((_, i) => !kept.includes(i)).map(({ title }) => title);
}

// Colour codes of our own stay; anything else that could move a cursor does not.
function cleanCell(cell: string): string {
  return mapText(cell, (part) => visible(part.replace(/\s/g, ' ')));
}

// A name that is wider than its column breaks after a dot, dash, slash or underscore.
function breakNames(cell: string, width: number): string {
  return cell.replace(/[\w./-]+/g, (name) => {
    if (stringWidth(name) <= width) return name;
    const lines = [''];
    for (const part of name.split(/(?<=[._/-])/)) {
      const last = lines.at(-1) ?? '';
      if (last !== '' && last.length + part.length > width) lines.push(part);
      else lines[lines.length - 1] = last + part;
    }
    return lines.join('\n');
  });
}

/** Which columns stay, by number, and how wide each is. First columns are dropped, then the widest give way. */
function fitColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): { kept: number[]; widths: number[] } {
  const natural = columns.map((column, i) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[i] ?? '')), 1),
  );
  let kept = columns.map((_, i) => i);
  const total = (widths: readonly number[]) => widths.reduce((sum, w) => sum + w + gap, -gap);
  const of = (which: readonly number[]) => which.map((c) => natural[c] ?? 1);
  while (total(of(kept)) > width) {
    const droppable = kept.filter((c) => columns[c]?.drop !== undefined);
    if (droppable.length === 0) break;
    const next = droppable.reduce((a, b) => ((columns[b]?.drop ?? 0) > (columns[a]?.drop ?? 0) ? b : a));
    kept = kept.filter((c) => c !== next);
  }
  const widths = of(kept);
  while (total(widths) > width && Math.max(...widths) > narrowest) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? narrowest) - 1;
  }
  return { kept, widths };
}
