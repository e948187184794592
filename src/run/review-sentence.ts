// The state of a plan's review in one sentence, for terminals and reports.
import type { PlannedReview } from './plan.ts';

/** `passed: 50 rows read by ann, 1 defect, at most 9.1 % bad (95 %; limit 10 %)` and its like. */
export function reviewSentence({ state, reason, gate }: PlannedReview): string {
  if (state === 'unreviewed') return `not reviewed: “${reason}”`;
  if (state === 'missing' || !gate) return 'not reviewed by a person';
  const rows = `${gate.rows_read} ${gate.rows_read === 1 ? 'row' : 'rows'} read`;
  const readers = gate.reviewers.length > 0 ? ` by ${gate.reviewers.join(', ')}` : '';
  const defects = `${gate.defects} ${gate.defects === 1 ? 'defect' : 'defects'}`;
  const bound =
    gate.bound === null
      ? ''
      : `, at most ${percentText(gate.bound)} bad (95 %; limit ${percentText(gate.max_defect_rate)})`;
  const uncovered = gate.uncovered_rows > 0 ? `; ${gate.uncovered_rows} rows are not covered` : '';
  return `${state}: ${rows}${readers}, ${defects}${bound}${uncovered}`;
}

/** 5.8 %. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1).replace(/\.0$/, '')} %`;
}
