import type { Check } from '../check.ts';

export const similarRows: Check = {
  code: 'D178',
  name: 'similar-rows',
  severity: 'warning',
  raisedBy: ['app/data/near/find-similar.ts'],
  group: 'consistency',
  title: 'Rows say the same as another row, in nearly the same words.',
  prose: [
    'The sets of word 3-grams of two rows have a Jaccard similarity of at least .8 (a threshold). Repeated rows weigh more than others, and if a split divides them, the validation loss is too good. The finding counts the rows and names the first ones. `lorch data dedup` shows each pair, separates repeated rows from contrasting ones, and writes the rest.',
    'Exact duplicates are D050. Rows that differ only in numbers, and one prompt with two answers, do not count here. The check skips stdin, and datasets of more than 200 MB: `lorch data dedup` reads those as well.',
  ].join('\n\n'),
  hint: 'look at the pairs: lorch data dedup DATASET --near 0.8',
  thresholds: {
    similarity: { default: 0.8, doc: 'Jaccard similarity of two rows at the least, above 0 and at most 1' },
    rows: { default: 2, doc: 'such rows at the least' },
  },
  bad: [],
  good: [],
};
