import type { Check } from '../check.ts';

export const nullMark: Check = {
  code: 'D218',
  name: 'null-mark',
  severity: 'note',
  raisedBy: ['dataset/readers/csv-rows.ts'],
  title: 'A CSV column has `\\N` for NULL.',
  prose:
    'MySQL, PostgreSQL and ClickHouse write NULL as `\\N` without quotes. Such a cell is read as null: an input is missing, and an answer is empty (D014).',
  hint: 'export NULL as an empty cell',
  oncePerFile: true,
  bad: [{ text: 'instruction,input,output\nName a colour.,\\N,Blue.', file: 'rows.csv' }],
  good: ['instruction,input,output\nName a colour.,,Blue.'],
};
