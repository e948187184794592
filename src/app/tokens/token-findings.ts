// The findings of the tokenisation with file and line, one per row.
import type { CodeDoc, Finding } from '../../diagnostics/finding.ts';
import type { Prepared } from './prepare-sequences.ts';
import type { RowPlaces } from './row-places.ts';

export interface TokenCode extends CodeDoc {
  hint?: string;
}

/**
 * The findings of a tokenisation, by code and row. The trainer writes messages for the first few of a code; other rows that it
 * cut or dropped get the code's title. `data.row` is the row's number. Counts without row numbers become one finding without a place.
 */
export function placeTokenFindings(
  prepared: Prepared,
  places: RowPlaces,
  codes: ReadonlyMap<string, TokenCode>,
): Finding[] {
  const listed = new Map<string, number[]>([
    ['T010', prepared.truncated],
    ['T011', prepared.lost_eot],
  ]);
  for (const { code, row } of prepared.dropped) {
    const rows = listed.get(code);
    if (rows) rows.push(row);
    else listed.set(code, [row]);
  }
  const worded = prepared.findings.filter(({ code, row }) => typeof row === 'number' || !listed.has(code));
  const said = new Set(worded.map(({ code, row }) => `${code} ${row}`));
  const rest = [...listed].flatMap(([code, rows]) =>
    rows.flatMap((row) => {
      const doc = codes.get(code);
      if (said.has(`${code} ${row}`) || !doc) return [];
      return [{ code, severity: doc.severity, message: doc.title, hint: doc.hint, row, data: null }];
    }),
  );
  return [...worded, ...rest]
    .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : (a.row ?? -1) - (b.row ?? -1)))
    .map(({ code, severity, message, hint, row, data }) => {
      const place = typeof row === 'number' ? places.find(row) : undefined;
      return {
        code,
        name: codes.get(code)?.name ?? code,
        severity,
        message: `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`,
        ...(hint && { hint }),
        ...(place && { at: { file: place.file, line: place.line, column: place.column } }),
        ...((data || typeof row === 'number') && {
          data: { ...data, ...(typeof row === 'number' && { row }) },
        }),
      };
    });
}
