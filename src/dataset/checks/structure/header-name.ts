import type { Check } from '../check.ts';

export const headerName: Check = {
  code: 'D055',
  name: 'header-name',
  severity: 'warning',
  raisedBy: ['dataset/readers/csv-rows.ts'],
  title: 'A column of the CSV header has no name of its own.',
  prose:
    'The first record names the columns. A name that is missing becomes `column N`, one that appears twice gets a number (`output.1`), so that no value is lost (empty cells without a name are skipped). If two columns have the same name, only the first is read under that name. A name as long as a text is a sign that the file has no header.',
  hint: 'give each column a name of its own in the first record',
  bad: [{ text: ['instruction,output,', 'Name a colour.,Blue.,'].join('\n'), file: 'rows.csv' }],
  good: [['instruction,output', 'Name a colour.,Blue.'].join('\n')],
};
