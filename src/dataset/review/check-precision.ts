// The precision of a check: how many of the reviewed rows that it found were defects.
import { isDefect, type ReviewState } from './fold-log.ts';

export interface CheckPrecision {
  code: string;
  /** Reviewed rows that had a finding of that code, drawn or read for their findings. */
  rows: number;
  defects: number;
  /** defects / rows. */
  precision: number;
}

/** Each check's precision by code, over the rows that have a decision. Rows without a decision do not count. */
export function checkPrecision({ rows }: ReviewState): CheckPrecision[] {
  const counts = new Map<string, { rows: number; defects: number }>();
  for (const { verdicts, decision } of rows.values()) {
    if (decision === 'open') continue;
    const codes = new Set([...verdicts.values()].flatMap((each) => each.codes));
    for (const code of codes) {
      const count = counts.get(code) ?? { rows: 0, defects: 0 };
      count.rows += 1;
      if (isDefect(decision)) count.defects += 1;
      counts.set(code, count);
    }
  }
  return [...counts]
    .map(([code, each]) => ({ code, ...each, precision: each.defects / each.rows }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}
