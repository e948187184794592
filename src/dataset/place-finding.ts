// From a draft to a finding: the pointer becomes line and column, and the line is shown around it.
// Of a million findings a few are shown: the excerpt, which is masked, is made where it is read.
import type { Finding, Severity } from '../diagnostics/finding.ts';
import type { Draft } from './checks/check.ts';
import { findInRecord } from './readers/csv-place.ts';
import type { FileRemark, RawRow } from './readers/raw-row.ts';
import { maskPrivateData } from './text/private-data.ts';
import { excerptAt, findPointer, type Position, positionAt } from './text-position.ts';

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
  const text = origin?.kind === 'csv' ? origin.record : origin?.kind === 'text' ? origin.document : raw.text;
  const at =
    origin?.kind === 'csv'
      ? findInRecord(origin, pointer, inside)
      : origin?.kind === 'text'
        ? (inside ?? 0)
        : (offset ?? findPointer(text, pointer, inside));
  // A row of a table has no lines and columns of its own.
  const position =
    origin?.kind === 'table' ? { line: raw.line, column: raw.column } : positionAt(text, at, raw);
  return { text, offset: at, position };
}

/** A finding about the file itself. */
export function placeRemark(remark: FileRemark, severity: Severity, file: string): Finding {
  const { check, message, hint, line, column, data } = remark;
  return {
    code: check.code,
    name: check.name,
    severity,
    message,
    hint: hint ?? check.hint,
    at: { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) },
    ...(data && { data }),
  };
}
