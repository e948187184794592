import { compareAnswers, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const least = 400;
const heading = /(?:^|\n)#{2,6} \S/;

export const headings: Check = {
  code: 'D148',
  name: 'headings',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all long answers have Markdown headings, or none has, and a few differ.',
  prose:
    'Long answers (400 characters or more) are mostly written with Markdown headings, or mostly without, and a few the other way. Code between fences is not looked at.',
  hint: 'write long answers alike',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) => ({
        ...row,
        output: longAnswer(row.output, i, i === 1 ? '## Why\n\n' : ''),
      })),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows((row, i) => ({ ...row, output: longAnswer(row.output, i, '') })),
    sampleRows((row, i) => ({ ...row, output: longAnswer(row.output, i, '## Why\n\n') })),
  ],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      (text) => {
        if (text.length < least || text.includes('```')) return null;
        return heading.test(text) ? 'with' : 'without';
      },
      ({ count, total, style }) =>
        `${countOf(count, total, 'long answers')} ${count === 1 ? 'is' : 'are'} written ${style} Markdown headings, unlike the others.`,
    ),
};

// Sentences differ from row to row, so that only the heading is unusual.
function longAnswer(opening: string, i: number, title: string): string {
  const steps = ['measured', 'weighed', 'drawn', 'counted', 'compared', 'written down', 'checked'];
  const sentences = steps.map(
    (step, n) =>
      `Part ${i * 7 + n + 2} of the collection was ${step} by ${n + 2} people in ${1900 + i * 3 + n}.`,
  );
  return `${opening}\n\n${title}${sentences.join(' ')}`;
}
