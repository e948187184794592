import { lastAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const kept = 100;

export const outlyingLength: Check = {
  code: 'D158',
  name: 'outlying-length',
  severity: 'note',
  group: 'consistency',
  title: 'A few answers are many times as long as nearly all others.',
  prose:
    'Such an answer is often a whole document, a loop, or several rows run together. It costs as much memory as the longest row and, if answers are averaged by token, weighs as much as many others. The comparison is with the 99th percentile of the answers, in characters.',
  hint: 'read the rows; cut or drop them',
  thresholds: {
    times: { default: 4, doc: 'times the 99th percentile' },
    characters: { default: 2000, doc: 'characters at the least' },
    rows: { default: 100, doc: 'answers at the least' },
  },
  bad: [
    {
      text: [0, 1, 2, 3, 4]
        .map((round) =>
          sampleRows((row, i) => ({
            ...row,
            instruction: `${row.instruction} (${round})`,
            output:
              round === 0 && i === 2
                ? longText()
                : `${row.output.slice(0, -1)}, says book ${round * 24 + i}.`,
          })),
        )
        .join(''),
      pointer: '/output',
    },
  ],
  good: [sampleRows()],
  across: ({ times = 1, characters = 0, rows = 0 }) => ({
    trait(example) {
      const answer = lastAnswer(example);
      return answer && { value: String(answer.text.length), spot: answer.spot };
    },
    collect() {
      let lengths = new Uint32Array(1024);
      let total = 0;
      // The longest, longest first.
      const longest: { row: number; length: number }[] = [];
      return {
        add(row, value) {
          const length = Number(value);
          if (total === lengths.length) {
            const more = new Uint32Array(total * 2);
            more.set(lengths);
            lengths = more;
          }
          lengths[total] = length;
          total += 1;
          if (length < characters || (longest.length === kept && length <= (longest.at(-1)?.length ?? 0)))
            return;
          const at = longest.findIndex((each) => each.length < length);
          longest.splice(at < 0 ? longest.length : at, 0, { row, length });
          if (longest.length > kept) longest.pop();
        },
        end(report) {
          if (total < rows) return;
          const sorted = lengths.subarray(0, total).sort();
          const p99 = sorted[Math.ceil(total * 0.99) - 1] ?? 0;
          const limit = Math.max(characters, times * p99);
          const found = longest.filter(({ length }) => length > limit);
          const [most] = found;
          if (!most) return;
          const some = found.length === kept ? 'At least ' : '';
          report(
            found.slice(0, 5).map(({ row }) => row),
            `${some}${formatNumber(found.length)} of ${formatNumber(total)} answers ${found.length === 1 ? 'is' : 'are'} over ${times} times as long as the 99th percentile (${formatNumber(p99)} characters); the longest has ${formatNumber(most.length)}.`,
            { rows: found.length, of: total, p99, longest: most.length },
          );
        },
      };
    },
  }),
};

// Varied text, so that only its length is unusual.
function longText(): string {
  return Array.from(
    { length: 60 },
    (_, i) => `Page ${i + 3} tells of the year ${1700 + i * 4} in ${i + 11} words.`,
  ).join(' ');
}
