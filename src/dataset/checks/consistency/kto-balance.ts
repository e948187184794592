import { onlyAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber, quote } from '../../across/wording.ts';
import { isClassAnswer, mayBeClass, readVerdict } from '../../meaning/verdict.ts';
import type { Check } from '../check.ts';

const separator = '\u0000';

export const ktoBalance: Check = {
  code: 'D177',
  name: 'kto-balance',
  severity: 'warning',
  group: 'consistency',
  title: 'Good and bad answers are far from balanced for KTO.',
  prose: [
    'KTO weighs good (desirable) and bad (undesirable) answers against each other. TRL advises weights for which (desirable_weight × good rows) : (undesirable_weight × bad rows) lies between 1:1 and 4:3. The check counts the rows by their label and names the weights to set.',
    'By default, rows whose answer is marked as bad are errors (D064) and are dropped, because training on answers alone would teach them. If the file is for KTO, say so with `D064: note`; this check then counts both.',
  ].join('\n\n'),
  hint: 'set the weights that the message names in the KTO settings, or balance the rows',
  thresholds: {
    most: { default: 2, doc: 'rows of one kind for each row of the other at the most' },
    of: { default: 20, doc: 'labelled rows at the least' },
  },
  bad: [],
  good: [
    sampleRows(({ instruction, output }, i) => ({ prompt: instruction, completion: output, label: i >= 0 })),
  ],
  across: ({ most = 2, of = 20 }) => ({
    trait(example) {
      for (const key in example.meta) {
        const good = readVerdict(key, example.meta[key]);
        if (good === null) continue;
        const answer = onlyAnswer(example);
        if (!answer || (mayBeClass(key) && isClassAnswer(answer.text))) return null;
        return {
          value: `${good ? '+' : '-'}${separator}${key.slice(0, 100)}`,
          spot: { message: -1, meta: key },
        };
      }
      return null;
    },
    collect() {
      const counts = { '+': 0, '-': 0 };
      const first = { '+': 0, '-': 0 };
      let key = '';
      return {
        add(row, value) {
          const side = value[0] === '-' ? '-' : '+';
          if (counts[side] === 0) first[side] = row;
          counts[side] += 1;
          key = value.slice(2);
        },
        end(report) {
          const { '+': good, '-': bad } = counts;
          // If all answers are of one kind, there is nothing to balance.
          if (good + bad < of || good === 0 || bad === 0 || Math.max(good, bad) <= most * Math.min(good, bad))
            return;
          const more = good > bad ? 'good' : 'bad';
          const weight = Math.round((100 * Math.max(good, bad)) / Math.min(good, bad)) / 100;
          report(
            [first[good > bad ? '-' : '+']],
            `${quote(key)} marks ${formatNumber(good)} answers as good and ${formatNumber(bad)} as bad: for KTO set ${more === 'good' ? 'undesirable_weight' : 'desirable_weight'} to about ${weight} and leave the other at 1.`,
            {
              good,
              bad,
              of: good + bad,
              [more === 'good' ? 'undesirable_weight' : 'desirable_weight']: weight,
            },
          );
        },
      };
    },
  }),
};
