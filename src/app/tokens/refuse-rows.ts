// Decides whether rows that cannot be trained on after tokenisation are dropped, or the plan is refused.
import type { Finding, Place } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Truncate } from '../../run/plan.ts';
import type { Prepared } from './prepare-sequences.ts';

/** Code of rows that are longer than max_length, under the policies `drop` and `refuse`. */
export const tooLong = 'T030';
const shown = 20;

/** The config's setting for rows that cannot be trained on. */
export interface RowFate {
  onError: 'refuse' | 'drop';
  truncate: Truncate;
}

/** The codes among `prepared.dropped` that refuse the plan; the rows of all others are dropped. */
export function refusingCodes({ dropped }: Pick<Prepared, 'dropped'>, fate: RowFate): Set<string> {
  const refuses = (code: string): boolean =>
    code === tooLong ? fate.truncate === 'refuse' : fate.onError === 'refuse';
  return new Set(dropped.map(({ code }) => code).filter(refuses));
}

/** Throws UserError P002 with the first rows of `codes`; `places` has the places of the named rows. */
export function refuseRows(
  { dropped, findings }: Pick<Prepared, 'dropped' | 'findings'>,
  codes: ReadonlySet<string>,
  places: ReadonlyMap<number, Place>,
  names: ReadonlyMap<string, string>,
): void {
  const rows = dropped.filter(({ code }) => codes.has(code));
  if (rows.length === 0) return;
  const named = findings.flatMap(({ code, message, row, hint }): Finding[] => {
    const at = typeof row === 'number' ? places.get(row) : undefined;
    if (!codes.has(code) || !at) return [];
    return [{ code, name: names.get(code) ?? code, severity: 'error', message, ...(hint && { hint }), at }];
  });
  const onlyLong = [...codes].every((code) => code === tooLong);
  const all = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  throw new UserError('P002', `${all} cannot be trained on`, {
    findings: named.slice(0, shown),
    exitCode: 1,
    hint: onlyLong
      ? 'shorten the rows, raise training.max_length, or write dataset.truncate: drop, right or left'
      : 'fix the rows, or drop them: dataset.on_error: drop',
  });
}
