import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const readAll = 50;

export const fewRows: Check = {
  code: 'D157',
  name: 'few-rows',
  severity: 'note',
  group: 'consistency',
  title: 'The dataset has fewer rows than you aimed for.',
  prose:
    'How many rows a behaviour needs depends on the behaviour; published sets that taught one well start at about a thousand. State your aim as the threshold `rows`, and the check says when the usable rows, without exact duplicates, fall below it. Without an aim it says nothing. Below 50 rows, a sample is too small to judge the rest: a review reads all rows.',
  hint: 'add rows, or lower the aim',
  thresholds: {
    rows: { default: 0, doc: 'usable rows that you aim for; 0 is no aim' },
  },
  bad: [],
  good: [sampleRows()],
  across: ({ rows: aim = 0 }) => ({
    trait: () => counted,
    collect() {
      let first = 0;
      let total = 0;
      return {
        add(row) {
          if (total === 0) first = row;
          total += 1;
        },
        end(report) {
          if (total === 0 || total >= aim) return;
          const advice = total < readAll ? ' Read all of them.' : '';
          report(
            [first],
            `The dataset has ${formatNumber(total)} usable ${total === 1 ? 'row' : 'rows'}; the aim is ${formatNumber(aim)}.${advice}`,
            { rows: total, aim },
          );
        },
      };
    },
  }),
};

const counted = { value: '', spot: { message: -1 } };
