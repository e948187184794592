import type { Check } from '../check.ts';

export const openQuote: Check = {
  code: 'D054',
  name: 'open-quote',
  severity: 'error',
  raisedBy: ['dataset/readers/csv.ts'],
  title: 'A quoted CSV cell does not end with its quote.',
  prose:
    'A cell that starts with a double quote ends with one, before a delimiter or the end of the line; a quote inside it is written twice. If the closing quote is missing, other readers take the next records into the cell. In lorch, the record ends with the line of the quote, and the next line is read as a new record.',
  hint: 'close the quote, and write quotes inside a quoted cell twice: ""',
  fatal: true,
  bad: [
    {
      text: ['instruction,output', 'Name a colour.,"Blue.', 'Name a fruit.,Plum.'].join('\n'),
      file: 'rows.csv',
    },
    {
      text: ['instruction,output', 'Name a colour.,Blue.', 'Name a fruit.,"The "big" plum."'].join('\n'),
      file: 'rows.csv',
    },
  ],
  good: [['instruction,output', 'Name a colour.,"Blue, or ""azure""."'].join('\n')],
};
