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
    'Exercises are often made from one template with other numbers. Such rows teach something each, so they are kept; a great many of them may crowd out the rest.',
  hint: 'nothing to do, unless one template fills much of the dataset',
  bad: [],
  good: [],
};
