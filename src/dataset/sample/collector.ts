// What a sample collects while rows pass.
import type { Finding } from '../../diagnostics/finding.ts';
import type { FoundRow, KeptRow } from '../scan/scan-types.ts';
import type { SampledRow } from './stratified-pool.ts';

export interface SampleCollector {
  onFinding?(finding: Finding, row: FoundRow | null): void;
  onRow(row: KeptRow): void;
  /** Once, after the last row: `count` rows of the dataset with this fingerprint (hex). */
  draw(count: number, datasetFingerprint: string): SampledRow[];
  /** Rows of each stratum; null in a uniform sample. */
  strata(): Record<string, number> | null;
}
