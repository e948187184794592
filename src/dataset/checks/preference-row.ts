import type { Check } from './check.ts';

export const preferenceRow: Check = {
  code: 'D045',
  name: 'preference-row',
  severity: 'error',
  title: 'The row is a preference pair.',
  prose:
    'Rows with `chosen` and `rejected` answers are for preference training, which this version does not do. Training on the chosen answer alone would be another thing than the data says.',
  hint: 'keep the chosen answers in a file of their own to train on them',
  fatal: true,
  bad: [{ text: '{"prompt":"Name a colour.","chosen":"Blue.","rejected":"Seven."}', pointer: '' }],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blue."}'],
};
