import type { Check } from '../check.ts';

export const blankLine: Check = {
  code: 'D006',
  name: 'blank-line',
  severity: 'note',
  raisedBy: ['dataset/readers/csv.ts', 'dataset/readers/jsonl.ts'],
  title: 'A line is blank.',
  prose:
    'A blank line is no row and is left out of the count. Several of them can be the trace of a broken export.',
  hint: 'remove the line',
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '',
        '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
      ].join('\n'),
    },
  ],
  good: [
    [
      '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
      '',
    ].join('\n'),
  ],
};
