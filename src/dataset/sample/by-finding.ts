// Rows by the codes of their findings; rows without any are not drawn.
import type { Finding } from '../../diagnostics/finding.ts';
import type { KeptRow } from '../scan-types.ts';
import type { SampleCollector } from './collector.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/**
 * Strata by code. A row's own findings come before the row; those of checks over all rows come after the last one and
 * name places, so the places and fingerprints of all rows are kept until then.
 */
export function collectByFinding(): SampleCollector {
  const pool = createStratifiedPool();
  const rows = new Map<string, { row: number; fingerprint: string }>();
  let waiting: Finding[] = [];
  const settle = (): void => {
    for (const finding of waiting.splice(0))
      for (const place of namedPlaces(finding)) {
        const found = rows.get(place);
        if (found) pool.add(found.fingerprint, found.row, stratumOf(finding));
      }
  };
  return {
    onFinding: (finding) => void waiting.push(finding),
    onRow(row) {
      const { fingerprint, place } = row;
      rows.set(`${place.file}:${place.line}`, { row: row.row, fingerprint });
      const own = new Set(waiting.filter((each) => isOf(each, row)).map(stratumOf));
      for (const stratum of own) pool.add(fingerprint, row.row, stratum);
      waiting = [];
    },
    draw(count, datasetFingerprint) {
      settle();
      return pool.draw(count, datasetFingerprint);
    },
    strata: pool.sizes,
  };
}

function stratumOf({ code, name }: Finding): string {
  return `${code} ${name}`;
}

function namedPlaces({ at, data }: Finding): string[] {
  const places = Array.isArray(data?.places) ? data.places.filter((each) => typeof each === 'string') : [];
  return places.length > 0 ? places : at ? [`${at.file}:${at.line}`] : [];
}

// Rows that were dropped, and remarks on the file, leave findings behind that belong to no kept row.
function isOf({ at }: Finding, { place, text }: KeptRow): boolean {
  if (at?.line === undefined || at.file !== place.file || at.line < place.line) return false;
  if (at.line === place.line) return (at.column ?? 1) >= place.column;
  return at.line <= place.line + (text.match(/\n/g)?.length ?? 0);
}
