// From a draft to a finding: the pointer becomes line and column, and the line is shown around it.
import type { Finding, Severity } from '../diagnostics/finding.ts';
import type { Draft } from './checks/check.ts';
import type { FileRemark, RawRow } from './readers/raw-row.ts';
import { maskPrivateData } from './text/private-data.ts';
import { excerptAt, findPointer, positionAt } from './text-position.ts';

/** A finding about a row of `file`. */
export function placeFinding(
  draft: Draft,
  severity: Severity,
  raw: Pick<RawRow, 'text' | 'line' | 'column'>,
  file: string,
): Finding {
  const { check, pointer, message, data, fix } = draft;
  const offset = draft.offset ?? findPointer(raw.text, pointer, draft.inside);
  return {
    code: check.code,
    name: check.name,
    severity,
    message: maskPrivateData(message),
    hint: draft.hint ?? check.hint,
    at: {
      file,
      ...positionAt(raw.text, offset, raw),
      ...(pointer !== '' && { pointer }),
      excerpt: excerptAt(raw.text, offset),
    },
    ...(data && { data }),
    ...(fix && { fix }),
  };
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
