// Strata by finding codes; rows without findings are not drawn.
import type { SampleCollector } from './collector.ts';
import { createRowPool } from './row-pool.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/**
 * Strata by code. A row's findings come before the row, those of checks over all rows after the last one; so the codes
 * wait by row until then. Rows that were dropped are not among the rows and cannot be drawn.
 */
export function collectByFinding(): SampleCollector {
  const rows = createRowPool();
  const codes = new Map<number, Set<string>>();
  const pool = createStratifiedPool();
  return {
    onFinding({ code, name }, found) {
      if (found) codes.set(found.row, (codes.get(found.row) ?? new Set()).add(`${code} ${name}`));
    },
    onRow: ({ row, fingerprint }) => rows.add(fingerprint, row),
    draw(count, datasetFingerprint) {
      for (let i = 0; i < rows.size(); i += 1) {
        const { row, fingerprint } = rows.at(i);
        for (const code of codes.get(row) ?? []) pool.add(fingerprint, row, code);
      }
      return pool.draw(count, datasetFingerprint);
    },
    strata: pool.sizes,
  };
}
