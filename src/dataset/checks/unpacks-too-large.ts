import type { Check } from './check.ts';

export const unpacksTooLarge: Check = {
  code: 'D230',
  name: 'unpacks-too-large',
  severity: 'error',
  title: 'A Parquet file unpacks to far more than its size.',
  prose: [
    'Parquet stores a text once that stands in many rows, so a file of a few thousand bytes can stand for rows of many gigabytes. A file is read until it has unpacked to 256 MiB, or to 1,000 times its own size if that is more. The rows after that are counted and dropped. The message names the rows and the column that takes most.',
    'A row group whose pages unpack to more than 4 GB is not read either, as all of it has to be in memory at once.',
  ].join('\n\n'),
  hint: 'look at the column: is its text meant to be so long, and in every row? If so, write the file with smaller row groups, or as JSON lines',
  fatal: true,
  oncePerFile: true,
  bad: [],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
