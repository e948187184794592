// The collector of a sample, by what it is stratified by.

import { findStrata } from '../strata.ts';
import { collectByFinding } from './by-finding.ts';
import { collectByLength } from './by-length.ts';
import type { SampleCollector } from './collector.ts';
import { createRowPool } from './row-pool.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/** `stratify` is `length`, `finding`, what `findStrata` takes, or null for a uniform sample. Throws UserError D195. */
export function createCollector(stratify: string | null): SampleCollector {
  if (stratify === null) return collectUniform();
  if (stratify === 'length') return collectByLength();
  if (stratify === 'finding') return collectByFinding();
  const stratumOf = findStrata(stratify);
  const pool = createStratifiedPool();
  return {
    onRow: (row) => pool.add(row.fingerprint, row.row, stratumOf(row.example, row.place.file)),
    draw: pool.draw,
    strata: pool.sizes,
  };
}

function collectUniform(): SampleCollector {
  const pool = createRowPool();
  return {
    onRow: (row) => pool.add(row.fingerprint, row.row),
    draw: (count, datasetFingerprint) =>
      pool.first(count, datasetFingerprint).map((each) => ({ ...each, stratum: null })),
    strata: () => null,
  };
}
