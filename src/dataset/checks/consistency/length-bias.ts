import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber } from '../../across/wording.ts';
import { textOf } from '../../content.ts';
import type { Message } from '../../example.ts';
import type { Check } from '../check.ts';

// Either the whole answer or its first words.
const sample = (chosenIsLonger: (i: number) => boolean): string =>
  sampleRows(({ instruction, output }, i) => {
    const short = `${output.split(' ').slice(0, 3).join(' ')}.`;
    const [chosen, rejected] = chosenIsLonger(i) ? [output, short] : [short, output];
    return { prompt: instruction, chosen, rejected };
  });

export const lengthBias: Check = {
  code: 'D176',
  name: 'length-bias',
  severity: 'warning',
  group: 'consistency',
  title: 'The chosen answer is nearly always the longer one.',
  prose:
    'Preference training learns whatever tells chosen from rejected answers. If length alone does, the model learns to write longer answers, whether they are better or not. The check counts the pairs whose chosen answer has more characters than the rejected one. The opposite, shorter answers throughout, is reported too. The check ignores pairs of equal length.',
  hint: 'add pairs in which the better answer is the shorter one, or use a loss that normalises by length',
  thresholds: {
    share: {
      default: 0.85,
      doc: 'share of the pairs with the longer (or shorter) answer chosen, at the least',
    },
    of: { default: 20, doc: 'pairs of different length at the least' },
  },
  bad: [{ text: sample(() => true), pointer: '/chosen' }],
  good: [sample((i) => i % 2 === 0)],
  across: ({ share = 0.85, of = 20 }) => ({
    trait: () => null,
    pair: ({ chosen, rejected }) => {
      const [longer, shorter] = [lengthOf(chosen), lengthOf(rejected)];
      return longer === shorter
        ? null
        : { value: longer > shorter ? 'longer' : 'shorter', spot: { message: -1 } };
    },
    collect() {
      const counts = { longer: 0, shorter: 0 };
      const first = { longer: 0, shorter: 0 };
      return {
        add(row, value) {
          const which = value === 'longer' ? 'longer' : 'shorter';
          if (counts[which] === 0) first[which] = row;
          counts[which] += 1;
        },
        end(report) {
          const total = counts.longer + counts.shorter;
          const which = counts.longer >= counts.shorter ? 'longer' : 'shorter';
          if (total < of || counts[which] < share * total) return;
          report(
            [first[which]],
            `The chosen answer is the ${which} one in ${formatNumber(counts[which])} of ${formatNumber(total)} pairs (${Math.round((100 * counts[which]) / total)} %).`,
            { rows: counts[which], of: total, chosen: which },
          );
        },
      };
    },
  }),
};

function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + (textOf(content) ?? '').trim().length, 0);
}
