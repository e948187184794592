import type { Check } from '../check.ts';

export const arraySeparator: Check = {
  code: 'D009',
  name: 'array-separator',
  severity: 'warning',
  raisedBy: ['dataset/readers/json-values.ts'],
  title: 'A comma in the array is missing or extra.',
  prose:
    'A JSON array has one comma between two rows, and none before the closing bracket. The rows are still clear, so lorch reads them; strict parsers refuse the whole file.',
  hint: 'put one comma between rows and none after the last',
  bad: [
    {
      text: '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]},]',
    },
    {
      text: [
        '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}]',
      ].join('\n'),
    },
    {
      text: '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]},,{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}]',
    },
  ],
  good: [
    '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]},{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}]',
  ],
};
