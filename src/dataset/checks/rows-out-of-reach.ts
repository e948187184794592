import type { Check } from './check.ts';

export const rowsOutOfReach: Check = {
  code: 'D212',
  name: 'rows-out-of-reach',
  severity: 'error',
  title: 'The rows cannot be read one after the other.',
  prose:
    'In an object of columns, the parts of a row stand far from each other, so the whole file has to be in memory. Up to 64 MB that is done. A larger file is converted first, with the command that the message gives. The same holds for a table whose column names stand behind its rows.',
  hint: 'write the rows as JSON lines',
  fatal: true,
  bad: [],
  good: [],
};
