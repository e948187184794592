import type { Check } from '../check.ts';

export const unpacksTooLarge: Check = {
  code: 'D230',
  name: 'unpacks-too-large',
  severity: 'error',
  raisedBy: ['dataset/readers/parquet.ts'],
  title: 'A Parquet file unpacks to far more than its size.',
  prose: [
    'If many rows have the same text, Parquet stores it once, so a file of a few thousand bytes can hold rows of many gigabytes. lorch reads a file until it has unpacked to 256 MiB, or to 1,000 times its own size if that is more. The rows after that are counted and dropped. The message names the rows and the column that takes most.',
    'A row group whose pages unpack to more than 4 GB is not read either, as all of it has to be in memory at once.',
  ].join('\n\n'),
  hint: 'check whether the text of the column is meant to be so long in every row; if so, write the file with smaller row groups, or as JSON lines',
  fatal: true,
  oncePerFile: true,
  bad: [],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
