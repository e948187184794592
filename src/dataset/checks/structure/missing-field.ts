import type { Check } from '../check.ts';

export const missingField: Check = {
  code: 'D017',
  name: 'missing-field',
  severity: 'error',
  raisedBy: ['dataset/formats/', 'dataset/scan/judge-row.ts'],
  title: 'A field that the format needs is missing.',
  prose: 'Without it there is no prompt, no answer or no speaker.',
  hint: 'add the field, or drop the row with dataset.on_error: drop',
  fatal: true,
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"content":"Hi"},{"role":"assistant","content":"Yes, until six."}]}',
      ].join('\n'),
      pointer: '/messages/0',
    },
    {
      text: [
        '{"instruction":"Name a colour.","input":"","output":"Blue."}',
        '{"instruction":"Name a fruit."}',
      ].join('\n'),
      pointer: '',
    },
    { text: '{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt"}]}', pointer: '/conversations/1' },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
  ],
};
