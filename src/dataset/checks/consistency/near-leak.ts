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
    'A row that is trained on tells little when nearly the same row is validated on: the validation loss looks better than the model is. By class, rows with the same prompt as a validation row are dropped from the training rows; others are shown.',
  hint: 'lorch data dedup TRAIN --validation FILE -o OUT',
  bad: [],
  good: [],
};
