import type { Check } from '../check.ts';

export const otherFormat: Check = {
  code: 'D016',
  name: 'other-format',
  severity: 'error',
  raisedBy: ['dataset/scan/judge-row.ts'],
  title: 'The row has another format than its file.',
  prose: `Two sources were joined without converting one of them. Read with the file's format, the row would have no conversation.`,
  hint: 'convert the rows first with lorch data convert, and keep them in a file of their own',
  fatal: true,
  bad: [
    {
      text: [
        '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
        '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
        '{"instruction":"Name a colour.","input":"","output":"Blue."}',
      ].join('\n'),
      pointer: '',
    },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
