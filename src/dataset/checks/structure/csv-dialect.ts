import type { Check } from '../check.ts';

export const csvDialect: Check = {
  code: 'D216',
  name: 'csv-dialect',
  severity: 'note',
  raisedBy: ['dataset/readers/csv.ts'],
  title: 'The CSV file is written in an unusual way that lorch can read.',
  prose:
    'The line `sep=;` tells Excel the delimiter. The file may have a title above the header. Quotes may be escaped with a backslash. The header may come again if files were joined. lorch reads all of these correctly, and the message says which one it found.',
  hint: 'lorch data convert FILE --to alpaca -o rows.jsonl writes the rows as they were read',
  oncePerFile: true,
  bad: [
    { text: 'sep=;\ninstruction;output\nName a colour.;Blue.', file: 'rows.csv' },
    { text: 'Export of May,\ninstruction,output\nName a colour.,Blue.', file: 'rows.csv' },
  ],
  good: ['instruction,output\nName a colour.,Blue.'],
};
