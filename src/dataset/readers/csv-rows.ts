// From records to rows: the header names the keys, every cell is text, and columns of turns are parsed as JSON.
import { cellCount } from '../checks/cell-count.ts';
import { headerName } from '../checks/header-name.ts';
import { invalidJson } from '../checks/invalid-json.ts';
import { positionAt } from '../text-position.ts';
import { walkJson } from '../walk-json.ts';
import { type Cell, type Dialect, offsetInCell, splitRecord } from './csv-record.ts';
import type { RawRow, ReadOptions, RowFault } from './raw-row.ts';

export interface CsvTable {
  /** Takes the first record for the header. */
  setHeader(record: string, line: number): void;
  hasHeader(): boolean;
  /** The row of a record, or null where all its cells are empty. Rows of the sample decide first: see `settle`. */
  row(record: string, line: number): RawRow | null;
  /** Decides from the first records which columns hold JSON. */
  settle(records: readonly string[]): void;
}

/** Columns that hold lists in every format that has them. */
const listColumns = new Set(['messages', 'conversations', 'conversation', 'tools', 'functions', 'history']);
const longestName = 64;

/** A table whose rows go by the dialect. */
export function createTable({ delimiter, lineEnd }: Dialect, options: ReadOptions): CsvTable {
  let names: string[] = [];
  let json: boolean[] = [];
  const unnamed = new Set<string>();
  const origin = (record: string): RawRow['origin'] => ({
    kind: 'csv',
    record: asPlaced(record, lineEnd),
    names,
    delimiter,
  });
  const broken = (record: string, line: number, fault: RowFault): RawRow => ({
    line,
    column: 1,
    text: asPlaced(record, lineEnd),
    value: undefined,
    fault,
  });

  return {
    hasHeader: () => names.length > 0,
    setHeader(record, line) {
      const cells = splitRecord(record, delimiter);
      names = readHeader(cells, (cell, message, hint) =>
        options.remark({
          check: headerName,
          message,
          ...(hint !== undefined && { hint }),
          ...positionAt(asPlaced(record, lineEnd), cell.start, { line, column: 1 }),
        }),
      );
      for (const [i, { value }] of cells.entries()) if (value.trim() === '') unnamed.add(names[i] ?? '');
    },
    settle(records) {
      const rows = records.map((record) => splitRecord(record, delimiter));
      json = names.map((name, i) =>
        holdsJson(name, rows.map((cells) => cells[i]?.value ?? '').filter(Boolean)),
      );
    },
    row(record, line) {
      const cells = splitRecord(record, delimiter);
      if (cells.every(({ value }) => value === '')) return null;
      if (cells.length !== names.length) return broken(record, line, countFault(record, cells, names));
      const members: [string, unknown][] = [];
      const written: string[] = [];
      for (const [i, cell] of cells.entries()) {
        const name = names[i] ?? '';
        // Behind a delimiter too many stands nothing; a list that is not there is no empty text.
        if (cell.value === '' && (json[i] || unnamed.has(name))) continue;
        // A list keeps its own text, in which numbers may have more digits than are read.
        written.push(`${JSON.stringify(name)}:${json[i] ? cell.value : JSON.stringify(cell.value)}`);
        if (!json[i]) members.push([name, cell.value]);
        else {
          const parsed = parseCell(record, cell, name);
          if (parsed.fault) return broken(record, line, parsed.fault);
          members.push([name, parsed.value]);
        }
      }
      // fromEntries defines "__proto__" as a plain member; assignment would not.
      const value = Object.fromEntries(members);
      const text = `{${written.join(',')}}`;
      return { line, column: 1, text, value, fault: null, origin: origin(record) };
    },
  };
}

/** A record for finding places in it, where lines end with \n: in a file whose lines end with \r, that stands for it. */
export function asPlaced(record: string, lineEnd: number): string {
  return lineEnd === 13 ? record.replaceAll('\r', '\n') : record;
}

function readHeader(
  cells: readonly Cell[],
  remark: (cell: Cell, message: string, hint?: string) => void,
): string[] {
  // Each name with its column; and the number that the next column of that name gets.
  const names = new Map<string, number>();
  const numbers = new Map<string, number>();
  for (const [i, cell] of cells.entries()) {
    const name = cell.value.trim();
    let unique = name === '' ? `column ${i + 1}` : name;
    let n = numbers.get(name) ?? 1;
    for (; names.has(unique); n += 1) unique = `${name}.${n}`;
    numbers.set(name, n);
    names.set(unique, i);
    if (name === '') remark(cell, `Column ${i + 1} has no name; it is read as "${unique}".`);
    else if (unique !== name)
      remark(
        cell,
        `Column ${i + 1} is called ${JSON.stringify(name)} like column ${(names.get(name) ?? 0) + 1}; it is read as ${JSON.stringify(unique)}.`,
      );
    else if (name.length > longestName || name.includes('\n'))
      remark(
        cell,
        `The name of column ${i + 1} is ${name.length} characters long.`,
        'is the header missing? the first record of a CSV file names its columns',
      );
  }
  return [...names.keys()];
}

function countFault(record: string, cells: readonly Cell[], names: readonly string[]): RowFault {
  const surplus = cells[names.length];
  const count = (n: number): string => `${n} ${n === 1 ? 'cell' : 'cells'}`;
  return {
    check: cellCount,
    message: `The record has ${count(cells.length)}, the header ${names.length}.`,
    offset: surplus ? surplus.start - (surplus.quoted ? 1 : 0) : record.length,
    ...(/[,;\t] +"/.test(record) && {
      hint: 'remove the space before the quote: it makes the quote part of the cell',
    }),
  };
}

// Answers may be JSON too, and are text all the same: only lists of turns are parsed, and columns that can be nothing else.
function holdsJson(name: string, values: readonly string[]): boolean {
  if (listColumns.has(name)) return values.some((value) => /^\s*[[{]/.test(value));
  return values.length > 0 && values.every(isListOfTurns);
}

function isListOfTurns(value: string): boolean {
  if (!/^\s*\[\s*\{/.test(value)) return false;
  try {
    const list: unknown = JSON.parse(value);
    return (
      Array.isArray(list) &&
      list.every((turn) => hasKeys(turn, 'role', 'content') || hasKeys(turn, 'from', 'value'))
    );
  } catch {
    return false;
  }
}

function hasKeys(value: unknown, ...keys: string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}

function parseCell(record: string, cell: Cell, name: string): { value?: unknown; fault?: RowFault } {
  try {
    return { value: JSON.parse(cell.value) as unknown };
  } catch {
    const found = walkJson(cell.value, {}) ?? { offset: 0, reason: 'this is not JSON' };
    const python = /^\s*\[\s*\{\s*'/.test(cell.value);
    const hint = python
      ? "this is Python's way to write a list: write the column with json.dumps"
      : found.hint;
    return {
      fault: {
        check: invalidJson,
        message: `The cell of column ${JSON.stringify(name)} is not valid JSON: ${found.reason}.`,
        offset: offsetInCell(record, cell, found.offset),
        ...(hint !== undefined && { hint }),
      },
    };
  }
}
