import type { Check } from '../check.ts';

export const notAnObject: Check = {
  code: 'D002',
  name: 'not-an-object',
  severity: 'error',
  raisedBy: ['dataset/scan/judge-row.ts'],
  title: 'The row is JSON, but not an object.',
  prose:
    'Every row is an object whose fields carry the conversation. A bare string, a number, `null` or a list has no place for roles or answers.',
  hint: 'wrap the row in an object with the fields of its format',
  fatal: true,
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '"Yes, until six."',
      ].join('\n'),
      pointer: '',
    },
    {
      text: [
        '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]},',
        '[1, 2]]',
      ].join('\n'),
      pointer: '',
    },
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        'null',
      ].join('\n'),
      pointer: '',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
    '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}]',
  ],
};
