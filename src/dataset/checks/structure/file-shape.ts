import type { Check } from '../check.ts';

export const fileShape: Check = {
  code: 'D007',
  name: 'file-shape',
  severity: 'note',
  raisedBy: ['dataset/readers/index.ts', 'dataset/readers/json-values.ts', 'dataset/scan/open-rows.ts'],
  title: 'The content is not what the file name promises.',
  prose:
    'Rows are read by what the file holds, whatever it is called: lines, an array, or objects spread over lines. Other tools go by the name and may refuse the file.',
  hint: 'rename the file, or convert it with lorch data convert',
  oncePerFile: true,
  bad: [
    {
      text: '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}]',
      file: 'rows.jsonl',
    },
    {
      text: '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
      file: 'rows.json',
    },
    {
      text: [
        '{',
        '"instruction":"Name a colour.",',
        '"output":"Blue."',
        '}',
        '{',
        '"instruction":"Name a fruit.",',
        '"output":"Plum."',
        '}',
      ].join('\n'),
    },
  ],
  good: [
    '[{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}]',
  ],
};
