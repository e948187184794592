import type { Check } from '../check.ts';

export const innerMark: Check = {
  code: 'D215',
  name: 'inner-byte-order-mark',
  severity: 'note',
  raisedBy: ['dataset/readers/csv.ts', 'dataset/readers/json-values.ts', 'dataset/readers/jsonl.ts'],
  title: 'A byte order mark is inside the file.',
  prose:
    'A byte order mark belongs at the start of a file. Inside a file it shows that files were joined. lorch ignores it before a row. Inside a text it stays, and D128 reports it.',
  hint: 'remove the mark',
  oncePerFile: true,
  bad: [
    {
      text: '{"instruction":"Name a colour.","output":"Blue."}\n\ufeff{"instruction":"Name a fruit.","output":"Plum."}',
    },
  ],
  good: ['\ufeff{"instruction":"Name a colour.","output":"Blue."}'],
};
