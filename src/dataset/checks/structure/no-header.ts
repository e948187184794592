import type { Check } from '../check.ts';

export const noHeader: Check = {
  code: 'D217',
  name: 'no-header',
  severity: 'warning',
  raisedBy: ['dataset/readers/csv-rows.ts'],
  title: 'The CSV file has no header.',
  prose:
    'All cells of the first record are sentences or numbers, so it is a row and does not name columns. The columns are read as `column 1`, `column 2` and so on. lorch does not guess which of them is the prompt and which is the answer: write a mapping (docs/formats.md).',
  hint: 'add a header, or map the columns: prompt: column 1, answer: column 2',
  oncePerFile: true,
  bad: [],
  good: ['instruction,output\nName a colour.,Blue.'],
};
