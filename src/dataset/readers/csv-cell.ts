// One cell of a CSV record as a JSON value: text, NULL, or a list.
import { invalidJson } from '../checks/structure/invalid-json.ts';
import { walkJson } from '../walk-json.ts';
import type { Cell, CellGrammar } from './csv-record.ts';
import { offsetInCell } from './csv-record.ts';
import { fromPython, looksLikePython } from './python-notation.ts';
import type { RowFault } from './raw-row.ts';

export type ReadCell =
  | { text: string; value: unknown; note?: 'null' | 'python'; fault?: undefined }
  | { fault: RowFault; text?: undefined; note?: undefined };

/** How MySQL, PostgreSQL and ClickHouse write NULL: never in quotes. */
const nullMark = '\\N';

/** Reads the cell of column `name`. */
export function readCell(
  record: string,
  cell: Cell,
  name: string,
  kind: ColumnKind,
  grammar: CellGrammar,
): ReadCell {
  const { value } = cell;
  if (value === nullMark && !cell.quoted) return { text: 'null', value: null, note: 'null' };
  if (kind === 'text') return { text: JSON.stringify(value), value };
  try {
    // A list keeps its own text, in which numbers may have more digits than are read.
    return { text: value, value: JSON.parse(value) as unknown };
  } catch {
    const python = kind === 'python' && looksLikePython(value) ? fromPython(value) : null;
    if (python) return { text: python.json, value: JSON.parse(python.json) as unknown, note: 'python' };
    return { fault: faultOf(record, cell, name, grammar) };
  }
}

function faultOf(record: string, cell: Cell, name: string, grammar: CellGrammar): RowFault {
  const found = walkJson(cell.value, {}) ?? { offset: 0, reason: 'this is not JSON' };
  const python = looksLikePython(cell.value);
  const hint = python
    ? "this is Python's notation of a list, which is not JSON: write the column with json.dumps"
    : found.hint;
  return {
    check: invalidJson,
    message: `The cell of column ${JSON.stringify(name)} is not valid JSON: ${found.reason}.`,
    offset: offsetInCell(record, cell, found.offset, grammar),
    ...(hint !== undefined && { hint }),
  };
}

/** Lists are JSON, or in pandas' notation: `[{'role': …`. */
export type ColumnKind = 'text' | 'json' | 'python';
