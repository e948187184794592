import type { Check } from '../check.ts';

export const wrongType: Check = {
  code: 'D018',
  name: 'wrong-type',
  severity: 'error',
  raisedBy: ['dataset/formats/'],
  title: 'A field has the wrong type.',
  prose:
    'The field has, for example, a number instead of a text, or a text instead of a list. Turning it into text silently could train on `[object Object]` or on an empty answer.',
  hint: 'write the field as the type that the format asks for',
  fatal: true,
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":"Hi"}',
      ].join('\n'),
      pointer: '/messages',
    },
    {
      text: [
        '{"instruction":"Name a colour.","input":"","output":"Blue."}',
        '{"instruction":"Add 1 and 2.","input":"","output":3}',
      ].join('\n'),
      pointer: '/output',
    },
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"user","content":{"words":"Hi"}},{"role":"assistant","content":"Yes, until six."}]}',
      ].join('\n'),
      pointer: '/messages/0/content',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
  ],
};
