import type { Check } from './check.ts';

export const csvDialect: Check = {
  code: 'D216',
  name: 'csv-dialect',
  severity: 'note',
  title: 'The CSV file is written in an unusual way, and is read so.',
  prose:
    'The line `sep=;` tells Excel the delimiter. A title may stand above the header. Quotes may be escaped by a backslash. The header may stand in the file again if files were joined. All of these are read as what they are, and the message says which was found.',
  hint: 'lorch data convert FILE --to alpaca -o rows.jsonl writes the rows as they were read',
  oncePerFile: true,
  bad: [
    { text: 'sep=;\ninstruction;output\nName a colour.;Blue.', file: 'rows.csv' },
    { text: 'Export of May,\ninstruction,output\nName a colour.,Blue.', file: 'rows.csv' },
  ],
  good: ['instruction,output\nName a colour.,Blue.'],
};
