import type { Check } from '../check.ts';

export const invalidJson: Check = {
  code: 'D001',
  name: 'invalid-json',
  severity: 'error',
  raisedBy: ['dataset/readers/change-rows.ts', 'dataset/readers/csv-cell.ts', 'dataset/readers/parse-row.ts'],
  title: 'The row is not JSON.',
  prose: [
    'A line (or an element of the array) that no JSON parser accepts. It cannot be trained on, and a loader that skips it silently hides how many rows are missing.',
    `The place is the first character that does not fit. Python's \`True\`, \`None\` and \`NaN\`, single quotes, a comma too many and an unescaped line break are named as such.`,
  ].join('\n\n'),
  hint: 'fix the row, or drop it with dataset.on_error: drop',
  fatal: true,
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"user","content":"Hello}]}',
      ].join('\n'),
      pointer: '',
    },
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        `{'messages': []}`,
      ].join('\n'),
      pointer: '',
    },
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]},',
      ].join('\n'),
      pointer: '',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
