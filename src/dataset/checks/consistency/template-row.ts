import type { Check } from '../check.ts';

export const templateRow: Check = {
  code: 'D162',
  name: 'template-row',
  severity: 'note',
  raisedBy: ['dataset/duplicates/near-findings.ts'],
  group: 'consistency',
  foundBy: 'lorch data dedup DATASET',
  title: 'The row differs from another only in numbers.',
  prose:
    'Exercises are often made from one template with other numbers. Each such row teaches something, so they are kept; very many of them may outweigh the other rows.',
  hint: 'nothing to do, unless one template fills much of the dataset',
  bad: [],
  good: [],
};
