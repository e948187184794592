import type { Check } from '../check.ts';

export const rowsOutOfReach: Check = {
  code: 'D212',
  name: 'rows-out-of-reach',
  severity: 'error',
  raisedBy: ['dataset/readers/columns.ts', 'dataset/readers/wrapped.ts', 'dataset/scan/open-rows.ts'],
  title: 'The rows cannot be read one after the other.',
  prose:
    'In an object of columns, the parts of a row are far from each other, so the whole file has to be in memory. lorch does that up to 64 MB. Convert a larger file first, with the command that the message gives. The same is true of a table whose column names come after its rows, and of columns that have different lengths: nothing says which of their values belong together.',
  hint: 'write the rows as JSON lines',
  fatal: true,
  bad: [],
  good: [],
};
