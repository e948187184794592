// The log line that starts a draw: the version of the dataset, and its control group of rows that will not be read.
import { type DrawEntry, type EntryStamp, logVersion } from '../../dataset/review/entries.ts';
import { lastOfOrder } from '../../dataset/review/permutation.ts';
import { otherFiles, type Population, type ReviewedFiles } from './population.ts';

const controlRows = 200;

/** The draw of the dataset as it is now. */
export function drawEntry(
  stamp: EntryStamp,
  reviewed: ReviewedFiles,
  { fingerprint, index }: Population,
): DrawEntry {
  const others = otherFiles(reviewed);
  const control = lastOfOrder(fingerprint, index, Math.min(controlRows, Math.floor(index.rows / 2)));
  return {
    v: logVersion,
    ...stamp,
    type: 'draw',
    dataset: fingerprint,
    rows: index.rows,
    ...(others.length > 0 && { files: others }),
    format: reviewed.format,
    ...(reviewed.files.some(({ format }) => format !== undefined) && {
      formats: reviewed.files.map(({ format }) => format ?? null),
    }),
    control: control.map((i) => index.bytes.toString('hex', i * 32, i * 32 + 6)),
  };
}
