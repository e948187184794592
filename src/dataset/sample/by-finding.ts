// Rows by the codes of their findings; rows without any are not drawn.
import type { Finding } from '../../diagnostics/finding.ts';
import { fingerprintToBytes } from '../fingerprint.ts';
import { createPlaceList } from '../place-list.ts';
import type { KeptRow } from '../scan-types.ts';
import type { SampleCollector } from './collector.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/**
 * Strata by code. A row's own findings come before the row itself; those of checks over all rows come after the last
 * row and name its place, so each row's place and fingerprint are kept: 72 bytes a row.
 */
export function collectByFinding(): SampleCollector {
  const pool = createStratifiedPool();
  const places = createPlaceList();
  const fingerprints: string[] = [];
  let waiting: Finding[] = [];

  const settle = (): void => {
    const late = new Map<string, string[]>();
    for (const { code, name, at } of waiting.splice(0)) {
      if (at?.line === undefined) continue;
      const key = keyOf(at.file, at.line, at.column);
      late.set(key, [...(late.get(key) ?? []), `${code} ${name}`]);
    }
    if (late.size === 0) return;
    for (let i = 0; i < places.size(); i += 1) {
      const { of } = places.get(i);
      const strata = late.get(keyOf(of.file, of.line, of.column));
      for (const each of new Set(strata)) pool.add(fingerprints[i] ?? '', of.row, each);
    }
  };
  return {
    onFinding: (finding) => void waiting.push(finding),
    onRow(row) {
      const bytes = fingerprintToBytes(row.fingerprint);
      places.add(row.place, 'train');
      fingerprints.push(bytes);
      if (waiting.length === 0) return;
      const codes = waiting.filter((each) => isOf(each, row)).map(({ code, name }) => `${code} ${name}`);
      for (const each of new Set(codes)) pool.add(bytes, row.row, each);
      waiting = [];
    },
    draw(count, datasetFingerprint) {
      settle();
      return pool.draw(count, datasetFingerprint);
    },
    strata: pool.sizes,
  };
}

// Rows that were dropped, and remarks on the file, leave findings behind that belong to no kept row.
function isOf({ at }: Finding, { place, text }: KeptRow): boolean {
  if (at?.line === undefined || at.file !== place.file || at.line < place.line) return false;
  if (at.line === place.line && (at.column ?? 1) < place.column) return false;
  return at.line === place.line || at.line <= place.line + (text.match(/\n/g)?.length ?? 0);
}

function keyOf(file: string, line: number, column: number | undefined): string {
  return `${line}:${column ?? 1}:${file}`;
}
