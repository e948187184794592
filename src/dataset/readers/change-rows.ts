// Rows in another notation: Python's, texts that contain JSON, lists. The first rows of a file decide
// which notation it is; then each row is read that way if possible.
import { columnTurns } from '../checks/structure/column-turns.ts';
import { invalidJson } from '../checks/structure/invalid-json.ts';
import { jsonInText } from '../checks/structure/json-in-text.ts';
import { listRows } from '../checks/structure/list-rows.ts';
import { pythonNotation } from '../checks/structure/python-notation.ts';
import { readFields, usesFields } from './change-fields.ts';
import { looksLikeRow } from './find-rows.ts';
import { createRewriting } from './offsets.ts';
import { fromPython, looksLikePython } from './python-notation.ts';
import type { FileRemark, RawRow, ReadOptions } from './raw-row.ts';
import { rangesOf } from './row-ranges.ts';
import { isTurns } from './turns-shape.ts';
import { unescapeText } from './unescape-text.ts';

/** One notation, and the function that turns a row in it into one row or several. */
export interface RowChange {
  remark: FileRemark;
  change(raw: RawRow): RawRow | RawRow[];
}

/** The changes that the first rows of a file need, in order; none for ordinary rows. */
export function chooseChanges(sample: readonly RawRow[]): RowChange[] {
  const changes: RowChange[] = [];
  let rows = [...sample];
  for (const way of ways) {
    const change = rows.length > 0 ? way(rows) : null;
    if (!change) continue;
    changes.push(change);
    rows = rows.flatMap((raw) => change.change(raw));
  }
  return changes;
}

/** The rows after the changes; a remark says what was changed. */
export async function* changeRows(
  batches: AsyncIterable<RawRow[]>,
  options: ReadOptions,
): AsyncGenerator<RawRow[]> {
  let changes: RowChange[] | null = null;
  for await (const batch of batches) {
    if (!changes && batch.length > 0) {
      changes = chooseChanges(batch.slice(0, sampledRows));
      for (const { remark } of changes) options.remark(remark);
    }
    yield (changes ?? []).reduce((rows, { change }) => rows.flatMap(change), batch);
  }
}

/** Rows that are looked at. */
export const sampledRows = 50;

const ways: readonly ((rows: readonly RawRow[]) => RowChange | null)[] = [
  pythonRows,
  textRows,
  turnLists,
  singleRows,
  valueLists,
  fieldTexts,
];

function most(rows: readonly RawRow[], holds: (raw: RawRow) => boolean): boolean {
  return rows.filter(holds).length * 2 > rows.length;
}

function pythonRows(rows: readonly RawRow[]): RowChange | null {
  const isPython = ({ fault, text }: RawRow): boolean =>
    fault?.check === invalidJson && looksLikePython(text) && fromPython(text) !== null;
  if (!most(rows, isPython)) return null;
  return {
    remark: { check: pythonNotation, message: "The rows are in Python's notation; they are read as JSON." },
    change(raw) {
      const read = isPython(raw) ? fromPython(raw.text) : null;
      return read ? rowsOf(rewritten(raw, read.json, read.offsets)) : raw;
    },
  };
}

function textRows(rows: readonly RawRow[]): RowChange | null {
  const read = ({ value }: RawRow): unknown => {
    if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return null;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return null;
    }
  };
  if (!most(rows, (raw) => read(raw) !== null)) return null;
  return {
    remark: { check: jsonInText, message: 'The rows are texts that hold JSON; they are read as that JSON.' },
    change(raw) {
      const value = read(raw);
      if (value === null) return raw;
      const { text, offsets } = unescapeText(raw.text);
      return rowsOf(rewritten(raw, text, offsets));
    },
  };
}

// A list of rows that was written as one value.
function rowsOf(raw: RawRow): RawRow | RawRow[] {
  const { value, text } = raw;
  const isList = Array.isArray(value) && value.length > 0 && value.every(isRow) && !isTurns(value);
  return isList ? rangesOf(text).map(({ start, end }) => part(raw, start, end)) : raw;
}

function turnLists(rows: readonly RawRow[]): RowChange | null {
  if (!most(rows, ({ value }) => isTurns(value))) return null;
  const [first] = rows.flatMap(({ value }) => (isTurns(value) ? value : []));
  const key = first && 'from' in first && !('role' in first) ? 'conversations' : 'messages';
  return {
    remark: {
      check: listRows,
      message: `Each row is a list of turns; it is read as ${JSON.stringify(key)}.`,
    },
    change(raw) {
      if (!isTurns(raw.value)) return raw;
      const out = createRewriting();
      out.add(`{${JSON.stringify(key)}:`, 0);
      out.add(raw.text, 0);
      out.add('}', raw.text.length);
      return rewritten(raw, out.text(), out.offsets());
    },
  };
}

function singleRows(rows: readonly RawRow[]): RowChange | null {
  const isSingle = ({ value }: RawRow): boolean =>
    Array.isArray(value) && value.length === 1 && isRow(value[0]) && !isTurns(value);
  if (!most(rows, isSingle) || !most(rows, ({ value }) => looksLikeRow((value as unknown[])[0]))) return null;
  return {
    remark: { check: listRows, message: 'Each row is a list of one object, which is read as the row.' },
    change(raw) {
      const [range] = isSingle(raw) ? rangesOf(raw.text) : [];
      return range ? part(raw, range.start, range.end) : raw;
    },
  };
}

function valueLists(rows: readonly RawRow[]): RowChange | null {
  const isList = ({ value }: RawRow): boolean => Array.isArray(value) && value.length > 1;
  if (rows.length < 2 || !rows.every(isList)) return null;
  return {
    remark: {
      check: listRows,
      message: 'Each row is a list; its values are read as the fields "0", "1" and so on.',
      hint: 'map them: prompt: "0" and answer: "1" in a mapping file (docs/formats.md)',
    },
    change(raw) {
      if (!Array.isArray(raw.value)) return raw;
      const out = createRewriting();
      for (const { token, start, end } of rangesOf(raw.text)) {
        out.add(`${token === 0 ? '{' : ','}"${token}":`, start);
        out.add(raw.text.slice(start, end), start);
      }
      out.add(raw.value.length === 0 ? '{}' : '}', raw.text.length);
      return rewritten(raw, out.text(), out.offsets());
    },
  };
}

function fieldTexts(rows: readonly RawRow[]): RowChange | null {
  const found = usesFields(rows);
  if (!found) return null;
  const { columns, texts } = found;
  const remark: FileRemark = columns
    ? {
        check: columnTurns,
        message: `The turns in ${columns} are objects of lists; they are read as lists of turns.`,
      }
    : {
        check: jsonInText,
        message: `The field ${texts} holds lists of turns as JSON text; they are read as lists.`,
      };
  return { remark, change: readFields };
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// The row that `text` was made from; keeps the row's own origin.
function rewritten(raw: RawRow, text: string, offsets: readonly (readonly [number, number])[]): RawRow {
  const { line, column, origin } = raw;
  const value = JSON.parse(text) as unknown;
  const of = origin && { of: origin };
  return {
    line,
    column,
    text,
    value,
    fault: null,
    origin: { kind: 'rewritten', record: raw.text, offsets, ...of },
  };
}

// A part of a row's text, as a row whose places lead through that text.
function part(raw: RawRow, start: number, end: number): RawRow {
  return rewritten(raw, raw.text.slice(start, end), [[0, start]]);
}
