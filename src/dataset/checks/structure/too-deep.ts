import type { Check } from '../check.ts';

export const tooDeep: Check = {
  code: 'D013',
  name: 'too-deep',
  severity: 'error',
  raisedBy: ['dataset/scan/judge-row.ts'],
  title: 'The row is nested deeper than 200 levels.',
  prose: 'Real rows have a handful of levels. Such a row is damaged or made to break parsers.',
  hint: 'flatten the row',
  fatal: true,
  bad: [
    {
      text: `{"instruction":"Name a colour.","output":"Blue.","extra":${'['.repeat(300)}${']'.repeat(300)}}`,
      pointer: '',
    },
  ],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blue."}'],
};
