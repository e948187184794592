import type { Check } from '../check.ts';

export const truncatedArray: Check = {
  code: 'D008',
  name: 'truncated-array',
  severity: 'error',
  raisedBy: ['dataset/readers/json-values.ts'],
  title: 'The file ends inside its array.',
  prose:
    'The closing bracket is missing: a download or an export stopped early, and rows may be lost. Rows up to there are read; the file is refused because it is not known how many are missing.',
  hint: 'fetch the file again, or close the array with ] if it is whole',
  fatal: true,
  bad: [
    {
      text: '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    },
    {
      text: [
        '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]},',
        '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
        '',
      ].join('\n'),
    },
  ],
  good: [
    '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}]',
  ],
};
