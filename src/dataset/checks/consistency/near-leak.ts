import type { Check } from '../check.ts';

export const nearLeak: Check = {
  code: 'D163',
  name: 'near-leak',
  severity: 'error',
  raisedBy: ['dataset/duplicates/near-findings.ts'],
  group: 'consistency',
  foundBy: 'lorch data dedup DATASET --validation FILE',
  title: 'The row is a near-duplicate of a validation row.',
  prose:
    'If nearly the same row is in both training and validation, the validation loss is too good. With `action: by_class`, rows with the same prompt as a validation row are dropped from the training rows; others are shown.',
  hint: 'lorch data dedup TRAIN --validation FILE -o OUT',
  bad: [],
  good: [],
};
