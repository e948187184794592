import type { Check } from '../check.ts';

export const rowTooLong: Check = {
  code: 'D004',
  name: 'row-too-long',
  severity: 'error',
  raisedBy: ['dataset/duplicates/hash-lines.ts', 'dataset/readers/parse-row.ts'],
  title: 'The row is longer than 50 MB.',
  prose:
    'No conversation is that long: usually line breaks were lost and many rows are on one line. lorch reports and skips the row without holding it in memory, and reads the rows after it.',
  hint: 'look for a missing line break, or split the row',
  fatal: true,
  bad: [],
  good: [
    '{"messages":[{"role":"user","content":"Is the shop open today?"},{"role":"assistant","content":"Yes, until six."}]}',
  ],
};
