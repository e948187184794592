import type { Check } from '../check.ts';

export const leakedRow: Check = {
  code: 'D051',
  name: 'leaked-row',
  severity: 'warning',
  raisedBy: ['dataset/scan/scan-file.ts'],
  foundBy: 'lorch plan CONFIG',
  title: 'The row is in both training and validation data.',
  prose:
    'If a validation row is also trained on, the validation loss is too good. The row that is read later is dropped, also with `duplicates.exact: keep`.',
  hint: 'remove the row from one of the two files',
  bad: [],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
