import type { Check } from '../check.ts';

export const blankLine: Check = {
  code: 'D006',
  name: 'blank-line',
  severity: 'note',
  raisedBy: ['dataset/readers/csv.ts', 'dataset/readers/jsonl.ts'],
  title: 'A line is blank.',
  prose: 'A blank line is not a row and is not counted. Several of them may come from a broken export.',
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
