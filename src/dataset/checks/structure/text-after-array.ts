import type { Check } from '../check.ts';

export const textAfterArray: Check = {
  code: 'D010',
  name: 'text-after-array',
  severity: 'warning',
  raisedBy: ['dataset/readers/json-values.ts'],
  title: 'Text follows the end of the array.',
  prose:
    'Two exports were joined, or something was appended by hand. Rows after the first array are read like the others.',
  hint: 'join the arrays into one',
  oncePerFile: true,
  bad: [
    {
      text: [
        '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}]',
        '[{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}]',
      ].join(' '),
    },
  ],
  good: [
    [
      '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}]',
      '',
      '',
    ].join('\n'),
  ],
};
