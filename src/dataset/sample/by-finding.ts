// Rows by the codes of their findings; rows without any are not drawn.
import type { SampleCollector } from './collector.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/**
 * Strata by code. A row's findings come before the row, those of checks over all rows after the last one; so codes wait
 * by row, and the fingerprints of all rows (hex) until the end.
 */
export function collectByFinding(): SampleCollector {
  const pool = createStratifiedPool();
  const codes = new Map<number, Set<string>>();
  const fingerprints = new Map<number, string>();
  const settle = (): void => {
    for (const [row, found] of codes) {
      const fingerprint = fingerprints.get(row);
      // Rows that were dropped cannot be drawn.
      if (fingerprint !== undefined) for (const code of found) pool.add(fingerprint, row, code);
    }
    codes.clear();
  };
  return {
    onFinding({ code, name }, found) {
      if (found) codes.set(found.row, (codes.get(found.row) ?? new Set()).add(`${code} ${name}`));
    },
    onRow: ({ row, fingerprint }) => void fingerprints.set(row, fingerprint),
    draw(count, datasetFingerprint) {
      settle();
      return pool.draw(count, datasetFingerprint);
    },
    strata: pool.sizes,
  };
}
