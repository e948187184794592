import { compareAnswers, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { isSentence } from '../../across/sentence.ts';
import { countOf } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const stops = '.!?。！？…';
const quotes = '"“”«「‘\'';

export const finalPunctuation: Check = {
  code: 'D145',
  name: 'final-punctuation',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all one-line answers end alike, a few do not.',
  prose:
    'Most one-line answers of at least four words end with a full stop (or none does), and a few differ. The model learns both. A missing full stop may also mean that an answer was cut off.',
  hint: 'end the answers alike',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) => (i === 2 ? { ...row, output: row.output.slice(0, -1) } : row)),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows(),
    sampleRows((row, i) => (i % 2 ? { ...row, output: row.output.slice(0, -1) } : row)),
    sampleRows((row) => ({ ...row, output: row.output.slice(0, -1) })),
  ],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      (text) => {
        // A quotation has its full stop inside.
        if (!isSentence(text) || quotes.includes(text.charAt(0))) return null;
        const last = text.trimEnd().at(-1) ?? '';
        if (stops.includes(last)) return 'with';
        return /[\p{L}\p{N}]/u.test(last) ? 'without' : null;
      },
      ({ count, total, style }) =>
        `${countOf(count, total, 'one-line answers')} ${count === 1 ? 'ends' : 'end'} ${style} a full stop or its like; the others ${style === 'with' ? 'have none' : 'have one'}.`,
    ),
};
