import type { Check } from '../check.ts';

export const exactDuplicate: Check = {
  code: 'D050',
  name: 'exact-duplicate',
  severity: 'warning',
  raisedBy: ['dataset/scan/scan-file.ts'],
  title: 'The row repeats an earlier one.',
  prose: [
    'Two rows are duplicates when their roles, texts, tool calls, tools and trained turns agree. Texts are compared after Unicode NFC, without white space around them and at the ends of lines. In plain sentences several spaces are one, and several blank lines are one. Letter case, line breaks, indentation, and spaces between quotes or in code are kept, so nothing is dropped that could mean something else. The first row stays; with `duplicates.exact: drop` (the default) the others are dropped and counted in the ledger.',
    'Repeated rows weigh more in training than their author meant, and if they are on both sides of a split, the validation loss is too good.',
  ].join('\n\n'),
  hint: 'keep one of them, or set duplicates.exact: keep',
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"user","content":"Is the  shop open today?\\n"},{"role":"assistant","content":"Yes, until six."}]}',
      ].join('\n'),
      pointer: '',
    },
  ],
  good: [
    [
      '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
      '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"No."}]}',
    ].join('\n'),
  ],
};
