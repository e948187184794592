import { compareAnswers, styleThresholds } from '../consistency/compare-styles.ts';
import { sampleRows } from '../consistency/sample-rows.ts';
import { isSentence } from '../consistency/sentence.ts';
import { countOf } from '../consistency/wording.ts';
import type { Check } from './check.ts';

export const leadingCapital: Check = {
  code: 'D149',
  name: 'leading-capital',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all one-line answers open with a capital, a few do not; or the reverse.',
  prose:
    'Most one-line answers of at least four words open with a capital letter (or with a small one), and a few differ. An answer that opens with a small letter may be the second half of one that was cut.',
  hint: 'open the answers alike',
  thresholds: styleThresholds,
  bad: [{ text: sampleRows((row, i) => (i === 2 ? lower(row) : row)), pointer: '/output' }],
  good: [sampleRows(), sampleRows((row) => lower(row)), sampleRows((row, i) => (i % 2 ? lower(row) : row))],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      (text) => {
        if (!isSentence(text)) return null;
        const first = text.charAt(0);
        const small = first.toLowerCase();
        // Equal where the script has no case.
        if (small === first.toUpperCase()) return null;
        return first === small ? 'small' : 'capital';
      },
      ({ count, total, style }) =>
        `${countOf(count, total, 'one-line answers')} ${count === 1 ? 'opens' : 'open'} with a ${style} letter, unlike the others.`,
    ),
};

function lower<T extends { output: string }>(row: T): T {
  return { ...row, output: row.output.charAt(0).toLowerCase() + row.output.slice(1) };
}
