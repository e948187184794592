import type { Check } from '../check.ts';

/** The most keys or columns that a row may have. */
export const maxKeys = 65_536;
/** A row with too many keys is longer than this. */
const shortText = 5 * maxKeys;

/** Whether a row, written as `text`, has more keys than the limit. */
export function hasTooManyKeys(value: unknown, text: string): boolean {
  if (text.length < shortText || typeof value !== 'object' || value === null || Array.isArray(value))
    return false;
  return Object.keys(value).length > maxKeys;
}

export const tooManyKeys: Check = {
  code: 'D231',
  name: 'too-many-keys',
  severity: 'error',
  raisedBy: [
    'dataset/readers/csv-record.ts',
    'dataset/readers/csv-rows.ts',
    'dataset/scan/judge-row.ts',
    'dataset/scan/judge-source.ts',
  ],
  title: 'The row has more than 65,536 keys or columns.',
  prose:
    'Training data has a handful of columns. A table with so many columns usually has its rows and columns swapped, or its line breaks were lost and all rows are on one line. Every check would look at every key of every row, so such rows are reported and dropped.',
  hint: 'check whether rows and columns are swapped or line breaks were lost, and keep only the columns with the texts',
  fatal: true,
  bad: [],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blue."}'],
};
