import type { Check } from './check.ts';

export const innerMark: Check = {
  code: 'D215',
  name: 'inner-byte-order-mark',
  severity: 'note',
  title: 'A byte order mark stands inside the file.',
  prose:
    'A byte order mark opens a file. Inside it shows that files were joined. It is passed over before a row; inside a text it stays, and D128 names it.',
  hint: 'remove the mark',
  oncePerFile: true,
  bad: [
    {
      text: '{"instruction":"Name a colour.","output":"Blue."}\n\ufeff{"instruction":"Name a fruit.","output":"Plum."}',
    },
  ],
  good: ['\ufeff{"instruction":"Name a colour.","output":"Blue."}'],
};
