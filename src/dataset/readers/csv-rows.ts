// From records to rows: the header names the keys, every cell is text, and columns of turns are parsed as JSON.
import { cellCount } from '../checks/structure/cell-count.ts';
import { headerName } from '../checks/structure/header-name.ts';
import { noHeader } from '../checks/structure/no-header.ts';
import { nullMark } from '../checks/structure/null-mark.ts';
import { pythonNotation } from '../checks/structure/python-notation.ts';
import { maxKeys, tooManyKeys } from '../checks/structure/too-many-keys.ts';
import { positionAt } from '../text-position.ts';
import { type ColumnKind, readCell } from './csv-cell.ts';
import { type Cell, type Dialect, splitRecord } from './csv-record.ts';
import { fromPython, looksLikePython } from './python-notation.ts';
import type { RawRow, ReadOptions, RowFault } from './raw-row.ts';
import { isTurns } from './turns-shape.ts';

export interface CsvTable {
  /** Uses the first record as the header. */
  setHeader(record: string, line: number): void;
  /** Without a header, the columns of the first record get numbers as names. */
  nameColumns(record: string, line: number): void;
  /** Whether a record repeats the header, as in joined files. */
  repeatsHeader(record: string): boolean;
  hasHeader(): boolean;
  /** The row of a record, or null if all its cells are empty. Rows of the sample decide first: see `settle`. */
  row(record: string, line: number): RawRow | null;
  /** Decides from the first records which columns contain JSON. */
  settle(records: readonly string[]): void;
}

/** Columns that contain lists in every format. */
const listColumns = new Set(['messages', 'conversations', 'conversation', 'tools', 'functions', 'history']);
const longestName = 64;

/** A table whose rows go by the dialect. */
export function createTable(dialect: Dialect, options: ReadOptions): CsvTable {
  const { delimiter, lineEnd, backslash } = dialect;
  let names: string[] = [];
  let header: string | null = null;
  let kinds: ColumnKind[] = [];
  const unnamed = new Set<string>();
  // The rows of a table with too many columns are dropped unread.
  let wide = false;
  const tooWide = {
    check: tooManyKeys,
    message: `The table has more than ${maxKeys.toLocaleString('en-US')} columns.`,
  };
  // Report the first column beyond the limit; no column gets a name.
  const refuse = (record: string, line: number, cell: Cell): void => {
    wide = true;
    names = ['column 1'];
    options.remark({
      ...tooWide,
      ...positionAt(asPlaced(record, lineEnd), cell.start, { line, column: 1 }),
    });
  };
  const origin = (record: string): RawRow['origin'] => ({
    kind: 'csv',
    record: asPlaced(record, lineEnd),
    names,
    delimiter,
    backslash,
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
    repeatsHeader: (record) => header !== null && record === header,
    nameColumns(record, line) {
      const cells = splitRecord(record, dialect);
      const surplus = cells[maxKeys];
      if (surplus) return refuse(record, line, surplus);
      names = cells.map((_, i) => `column ${i + 1}`);
      const first = names.slice(0, 3).map((name) => JSON.stringify(name));
      options.remark({
        check: noHeader,
        message: `The first record is a row, not a header; its columns are read as ${first.join(', ')}${names.length > 3 ? ' …' : ''}.`,
        line,
        column: 1,
      });
    },
    setHeader(record, line) {
      header = record;
      const cells = splitRecord(record, dialect);
      const surplus = cells[maxKeys];
      if (surplus) return refuse(record, line, surplus);
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
      if (wide) return;
      const rows = records.map((record) => splitRecord(record, dialect));
      kinds = names.map((name, i) =>
        kindOf(name, rows.map((cells) => cells[i]?.value ?? '').filter(Boolean)),
      );
    },
    row(record, line) {
      if (wide) return broken(record, line, { ...tooWide, offset: 0 });
      const cells = splitRecord(record, dialect);
      if (cells.length <= maxKeys && cells.every(({ value }) => value === '')) return null;
      if (cells.length !== names.length) return broken(record, line, countFault(record, cells, names));
      const members: [string, unknown][] = [];
      const written: string[] = [];
      for (const [i, cell] of cells.entries()) {
        const name = names[i] ?? '';
        // Ignore an empty cell after an extra delimiter; an empty cell of a list column means that the field is absent.
        if (cell.value === '' && (kinds[i] !== 'text' || unnamed.has(name))) continue;
        const parsed = readCell(record, cell, name, kinds[i] ?? 'text', dialect);
        if (parsed.note) options.remark({ ...remarkOf(parsed.note, name), line, column: 1 });
        if (parsed.fault) return broken(record, line, parsed.fault);
        written.push(`${JSON.stringify(name)}:${parsed.text}`);
        members.push([name, parsed.value]);
      }
      // fromEntries defines "__proto__" as an ordinary member; assignment would not.
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
  const count = (n: number): string =>
    n > maxKeys ? `more than ${maxKeys.toLocaleString('en-US')} cells` : `${n} ${n === 1 ? 'cell' : 'cells'}`;
  return {
    check: cellCount,
    message: `The record has ${count(cells.length)}, the header ${names.length}.`,
    offset: surplus ? surplus.start - (surplus.quoted ? 1 : 0) : record.length,
    ...(/[,;\t] +"/.test(record) && {
      hint: 'remove the space before the quote: it makes the quote part of the cell',
    }),
  };
}

function remarkOf(note: 'null' | 'python', name: string) {
  const column = JSON.stringify(name);
  return note === 'null'
    ? { check: nullMark, message: `The column ${column} has \\N for NULL; such a cell is read as null.` }
    : {
        check: pythonNotation,
        message: `The column ${column} holds lists in Python's notation; they are read as JSON lists.`,
      };
}

// JSON in an answer stays text. Only lists of turns are parsed, and columns that always contain lists.
function kindOf(name: string, values: readonly string[]): ColumnKind {
  const lists = listColumns.has(name)
    ? values.some((value) => /^\s*[[{]/.test(value)) || values.some(isListOfTurns)
    : values.length > 0 && values.every(isListOfTurns);
  if (!lists) return 'text';
  const python = values.filter((value) => looksLikePython(value) && !parses(value) && fromPython(value));
  return python.length * 2 > values.length ? 'python' : 'json';
}

function parses(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function isListOfTurns(value: string): boolean {
  if (!/^\s*(?:(?:np\.|numpy\.)?array\(\s*)?[[(]\s*\{/.test(value)) return false;
  const list = parseOrNull(value);
  return isTurns(list);
}

function parseOrNull(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    const python = looksLikePython(value) ? fromPython(value) : null;
    return python && (JSON.parse(python.json) as unknown);
  }
}
