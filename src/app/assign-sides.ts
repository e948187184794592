// The reading that comes before a stratified split: which side each row is to go to.
import { type AssignedSides, createSideAssigner } from '../dataset/assign-sides.ts';
import { duplicateKey } from '../dataset/duplicates/duplicate-key.ts';
import { type DataSource, type ScannedFile, type ScanOptions, scanDataset } from '../dataset/scan.ts';
import type { SplitOptions } from '../dataset/split.ts';
import { findStrata } from '../dataset/strata.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { errorsOnly } from './choose-checks.ts';

/** Reads the sources once; `options` are those of the scan that follows. Throws UserError D195. */
export async function assignSides(
  sources: readonly DataSource[],
  options: ScanOptions & { split: SplitOptions },
  stratify: string,
  onProgress?: (rows: number, bytes: number) => void,
): Promise<AssignedSides & { files: ScannedFile[] }> {
  const stratumOf = findStrata(stratify);
  const assigner = createSideAssigner(options.split);
  const { files } = await scanDataset(
    sources,
    { ...options, split: null, checks: errorsOnly(options.checks ?? {}) },
    {
      onExample: (_side, { row, example, place }) =>
        assigner.add(
          row,
          options.decided?.get(row)?.group ?? duplicateKey(example),
          stratumOf(example, place.file),
        ),
      ...(onProgress && { onProgress }),
    },
  );
  return { ...assigner.end(), files };
}

/** Throws UserError D091 where a file changed between two readings. */
export function refuseChanged(first: readonly ScannedFile[], second: readonly ScannedFile[]): void {
  const changed = second.find(({ sha256 }, i) => sha256 !== first[i]?.sha256);
  if (changed)
    throw new UserError('D091', `${changed.path} changed while it was read.`, {
      hint: 'try again when nobody writes to it',
    });
}
