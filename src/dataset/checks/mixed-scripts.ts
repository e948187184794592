import { compareAnswers, styleThresholds } from '../consistency/compare-styles.ts';
import { sampleRows } from '../consistency/sample-rows.ts';
import { scriptOf } from '../consistency/script-of.ts';
import { countOf } from '../consistency/wording.ts';
import type { Check } from './check.ts';

export const mixedScripts: Check = {
  code: 'D156',
  name: 'mixed-scripts',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all answers are in one script, a few in another.',
  prose:
    'A few answers in another script than the rest are translations that were asked for, or rows of another language that slipped in. Told by the letters alone: languages that share a script are not told apart.',
  hint: 'read the rows; drop those in a language that you do not want',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) =>
        i === 2 ? { ...row, output: 'Роман написала английская писательница в 1871 году.' } : row,
      ),
      pointer: '/output',
    },
  ],
  good: [sampleRows()],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      scriptOf,
      ({ count, total, style, usual }) =>
        `${countOf(count, total, 'answers')} ${count === 1 ? 'is' : 'are'} in ${style} letters; most are in ${usual}.`,
    ),
};
