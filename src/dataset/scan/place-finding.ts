// From a draft to a finding: the pointer becomes line and column, and the line is shown around it.
// Of a million findings a few are shown: the excerpt, which is masked, is made where it is read.
import type { Finding, Severity } from '../../diagnostics/finding.ts';
import type { Draft } from '../checks/check.ts';
import { findInRecord } from '../readers/csv-place.ts';
import { originalOffset } from '../readers/offsets.ts';
import type { FileRemark, PlacedCell, RawRow } from '../readers/raw-row.ts';
import { maskPrivateData } from '../text/private-data.ts';
import {
  escapePointer,
  excerptAt,
  findPointer,
  type Position,
  pointerTokens,
  positionAt,
} from '../text-position.ts';

type PlacedText = Pick<RawRow, 'text' | 'line' | 'column' | 'origin'>;

/** A finding about a row of `file`. */
export function placeFinding(draft: Draft, severity: Severity, raw: PlacedText, file: string): Finding {
  const { check, pointer, message, data, fix } = draft;
  const { text, offset, position } = placeInRow(draft, raw);
  return {
    code: check.code,
    name: check.name,
    severity,
    message: maskPrivateData(message),
    hint: draft.hint ?? check.hint,
    at: {
      file,
      ...position,
      get excerpt() {
        return excerptAt(text, offset);
      },
      ...(pointer !== '' && { pointer }),
    },
    ...(data && { data }),
    ...(fix && { fix }),
  };
}

// The text that is shown, the place in it, and the same as line and column of the file.
function placeInRow(
  { pointer, inside, offset }: Draft,
  raw: PlacedText,
): { text: string; offset: number; position: Position } {
  const { origin } = raw;
  switch (origin?.kind) {
    case 'csv':
      return placed(origin.record, findInRecord(origin, pointer, inside), raw);
    case 'text':
      return placed(origin.document, inside ?? 0, raw);
    case 'cells':
      return placeInCells(origin.cells, pointer, inside, raw);
    case 'rewritten': {
      const at = offset ?? findPointer(raw.text, pointer, inside);
      const from = originalOffset(origin.offsets, at);
      const { record, of } = origin;
      return of
        ? placeInRow({ pointer: '', offset: from } as Draft, { ...raw, text: record, origin: of })
        : placed(record, from, raw);
    }
    case 'table': {
      // A row of a table has no lines and columns of its own.
      const { line, column } = raw;
      const at = offset ?? findPointer(raw.text, pointer, inside);
      return { text: raw.text, offset: at, position: { line, column } };
    }
    default:
      return placed(raw.text, offset ?? findPointer(raw.text, pointer, inside), raw);
  }
}

function placed(text: string, offset: number, start: Position) {
  return { text, offset, position: positionAt(text, offset, start) };
}

function placeInCells(
  cells: readonly PlacedCell[],
  pointer: string,
  inside: number | undefined,
  raw: PlacedText,
) {
  const [name, ...below] = pointerTokens(pointer);
  const cell = cells.find((each) => each.name === name);
  if (!cell) return { text: raw.text, offset: 0, position: { line: raw.line, column: raw.column } };
  const path = below.map((token) => `/${escapePointer(token)}`).join('');
  return placed(cell.text, findPointer(cell.text, path, inside), cell);
}

/** A finding about the file itself. */
export function placeRemark(remark: FileRemark, severity: Severity, file: string): Finding {
  const { check, message, hint, line, column, data } = remark;
  return {
    code: check.code,
    name: check.name,
    severity,
    message: maskPrivateData(message),
    hint: hint ?? check.hint,
    at: { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) },
    ...(data && { data }),
  };
}
