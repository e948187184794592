// From a draft to a finding: the pointer becomes line and column, and the line is shown around it.
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
  return {
    code: check.code,
    name: check.name,
    severity,
    message: maskPrivateData(message),
    hint: draft.hint ?? check.hint,
    at: { file, ...placeInRow(draft, raw), ...(pointer !== '' && { pointer }) },
    ...(data && { data }),
    ...(fix && { fix }),
  };
}

function placeInRow(
  { pointer, inside, offset }: Draft,
  raw: PlacedText,
): Position & { excerpt: { text: string; column: number } } {
  const { origin } = raw;
  const text = origin?.kind === 'csv' ? origin.record : raw.text;
  const at =
    origin?.kind === 'csv'
      ? findInRecord(origin, pointer, inside)
      : (offset ?? findPointer(text, pointer, inside));
  const excerpt = excerptAt(text, at);
  // A row of a table has no lines and columns of its own.
  if (origin?.kind === 'table') return { line: raw.line, column: raw.column, excerpt };
  return { ...positionAt(text, at, raw), excerpt };
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
