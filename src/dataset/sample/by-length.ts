// Five bands of length that hold equally many rows.
import { characters } from '../strata.ts';
import type { SampleCollector } from './collector.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/** Strata by characters of all contents; the bands are known after the last row, so 40 bytes a row wait until then. */
export function collectByLength(): SampleCollector {
  const rows: { fingerprint: string; row: number; length: number }[] = [];
  const pool = createStratifiedPool();
  const settle = (): void => {
    const bounds = quantileBounds(rows.map(({ length }) => length));
    for (const { fingerprint, row, length } of rows.splice(0))
      pool.add(fingerprint, row, nameBand(length, bounds));
  };
  return {
    onRow: ({ fingerprint, row, example }) =>
      void rows.push({ fingerprint, row, length: characters(example) }),
    draw(count, datasetFingerprint) {
      settle();
      return pool.draw(count, datasetFingerprint);
    },
    strata: pool.sizes,
  };
}

/** The longest of each fifth of the lengths (nearest rank), ascending and each once. */
export function quantileBounds(lengths: readonly number[]): number[] {
  const sorted = Uint32Array.from(lengths).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return [...new Set([0.2, 0.4, 0.6, 0.8, 1].map(at))];
}

// Padded, so that names sort as the lengths do.
function nameBand(length: number, bounds: readonly number[]): string {
  const width = String(bounds.at(-1) ?? 0).length;
  const at = bounds.findIndex((bound) => length <= bound);
  const from = at <= 0 ? 0 : (bounds[at - 1] ?? 0) + 1;
  const pad = (value: number): string => String(value).padStart(width);
  return `${pad(from)} to ${pad(bounds[at] ?? 0)} characters`;
}
