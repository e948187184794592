import { createFrequentValues, type FrequentValue } from '../../across/frequent-values.ts';
import { onlyAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber, quote } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const longest = 40;
const kinds = 500;
const shown = 6;
const reported = 20;

export const labelVariants: Check = {
  code: 'D144',
  name: 'label-variants',
  severity: 'warning',
  group: 'consistency',
  title: 'The same label is written in several ways.',
  prose:
    '“Positive”, “positive.” and “POSITIVE” are one label to a reader and three to a model, which splits its probability among them. An exact comparison with the labels also counts these answers as wrong. The check looks at datasets in which most answers are a few short labels. Variants differ only in case, punctuation or white space.',
  hint: 'write each label in one way',
  thresholds: {
    share: { default: 0.5, doc: 'share of the answers that must be labels' },
    labels: { default: 100, doc: 'different labels at the most' },
    rows: { default: 20, doc: 'answers at the least' },
  },
  bad: [
    {
      text: sampleRows((row, i) => ({
        ...row,
        output: i === 5 ? 'positive.' : i % 3 ? 'Positive' : 'Negative',
      })),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows((row, i) => ({ ...row, output: i % 3 ? 'Positive' : 'Negative' })),
    sampleRows((row, i) => ({ ...row, output: i % 3 ? 'A' : 'A+' })),
  ],
  across: ({ share = 1, labels = 0, rows = 0 }) => ({
    trait(example) {
      const answer = onlyAnswer(example);
      // Long answers count only in the total.
      return answer && { value: answer.text.length <= longest ? answer.text : '', spot: answer.spot };
    },
    collect() {
      const short = createFrequentValues({ limit: kinds });
      return {
        add: short.add,
        end(report) {
          const total = short.total();
          const groups = groupLabels(short.atLeast(1));
          const covered = groups.reduce((sum, { count }) => sum + count, 0);
          // If values had to be forgotten, there are far more values than labels.
          if (total < rows || short.missed() > 0 || groups.length > labels || covered < share * total) return;
          for (const { variants, count } of groups
            .filter((each) => each.variants.length > 1)
            .slice(0, reported)) {
            const named = variants
              .slice(0, shown)
              .map((each) => `${quote(each.value)} ${formatNumber(each.count)}`);
            const more = variants.length > shown ? ` and ${variants.length - shown} more` : '';
            report(
              variants
                .slice(1)
                .flatMap((each) => each.rows)
                .slice(0, 5),
              `The label ${quote(variants[0]?.value ?? '')} is written in ${variants.length} ways: ${named.join(', ')}${more}.`,
              {
                rows: count,
                of: total,
                variants: variants
                  .slice(0, reported)
                  .map((each) => ({ label: each.value, rows: each.count })),
              },
            );
          }
        },
      };
    },
  }),
};

// Labels that differ only in case, punctuation and white space, if they occur in two rows or more.
function groupLabels(values: readonly FrequentValue[]): { variants: FrequentValue[]; count: number }[] {
  const groups = new Map<string, FrequentValue[]>();
  for (const each of values) {
    const key = normal(each.value);
    if (key === '') continue;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()]
    .map((variants) => ({ variants, count: variants.reduce((sum, { count }) => sum + count, 0) }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count);
}

// Keep signs that give a label its meaning: C and C++, A and A+, 1 and -1.
function normal(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_]+|(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/^[\s.,;:!?"'“”‘’`*()[\]]+|[\s.,;:!?"'“”‘’`*()[\]]+$/gu, '');
}
