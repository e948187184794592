import { compareAnswers, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { isSentence } from '../../across/sentence.ts';
import { countOf } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const pairs: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '«': '»',
  '「': '」',
  '‘': '’',
  "'": "'",
};

export const quotedAnswer: Check = {
  code: 'D150',
  name: 'quoted-answer',
  severity: 'note',
  group: 'consistency',
  title: 'A few one-line answers are in quotes, nearly all others are not; or the reverse.',
  prose:
    'Quotes around a whole answer are mostly left over from the way it was made, such as text copied out of a prompt or a CSV cell. The check reports the few answers that differ from nearly all other one-line answers.',
  hint: 'remove the quotes, unless the answer quotes somebody',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) => (i === 2 ? { ...row, output: `"${row.output}"` } : row)),
      pointer: '/output',
    },
  ],
  good: [sampleRows(), sampleRows((row) => ({ ...row, output: `"${row.output}"` }))],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      (text) => (isSentence(text) ? (isQuoted(text) ? 'in' : 'without') : null),
      ({ count, total, style }) =>
        `${countOf(count, total, 'one-line answers')} ${count === 1 ? 'is' : 'are'} ${style} quotes, unlike the others.`,
    ),
};

function isQuoted(text: string): boolean {
  const close = pairs[text.charAt(0)];
  if (close === undefined || !text.endsWith(close)) return false;
  // Quotes inside mean two quotations rather than one quoted answer.
  return !text.slice(1, -1).includes(close);
}
