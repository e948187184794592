import { createFrequentValues } from '../consistency/frequent-values.ts';
import { lastAnswer } from '../consistency/last-answer.ts';
import { sampleRows } from '../consistency/sample-rows.ts';
import { countOf } from '../consistency/wording.ts';
import type { Check } from './check.ts';

export const trailingSpace: Check = {
  code: 'D151',
  name: 'trailing-space',
  severity: 'warning',
  group: 'consistency',
  title: 'A part of the answers end with white space or a line break.',
  prose:
    'The end of an answer is trained: white space there becomes tokens of its own before the end of the turn. Where only a part of the rows have it, the model cannot know when to write it. Most chat templates trim it for some roles and not for others.',
  hint: 'trim the ends of all answers',
  bad: [
    {
      text: sampleRows((row, i) => (i === 1 ? { ...row, output: `${row.output}\n` } : row)),
      pointer: '/output',
    },
  ],
  good: [sampleRows()],
  thresholds: { rows: { default: 20, doc: 'answers at the least' } },
  across: ({ rows: least = 0 }) => ({
    trait(example) {
      const answer = lastAnswer(example);
      return answer && { value: endOf(answer.text), spot: answer.spot };
    },
    collect() {
      const ends = createFrequentValues({ limit: 10 });
      return {
        add: ends.add,
        end(report) {
          const total = ends.total();
          if (total < least) return;
          for (const { value, count, rows } of ends.atLeast(1)) {
            if (value === 'nothing') continue;
            const others = count === total ? '' : '; the others do not';
            report(
              rows,
              `${countOf(count, total, 'answers')} ${count === 1 ? 'ends' : 'end'} with ${value}${others}.`,
              {
                rows: count,
                of: total,
              },
            );
          }
        },
      };
    },
  }),
};

function endOf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  if (last === 10 || last === 13) return 'a line break';
  return last === 32 || last === 9 || last === 0xa0 || last === 0x3000 ? 'white space' : 'nothing';
}
