// Five bands of length with equally many rows.
import { characters } from '../strata.ts';
import type { SampleCollector } from './collector.ts';
import { createRowPool } from './row-pool.ts';
import { createStratifiedPool } from './stratified-pool.ts';

/** Strata by characters of all contents; the bands are known after the last row. */
export function collectByLength(): SampleCollector {
  const rows = createRowPool();
  const lengths: number[] = [];
  const pool = createStratifiedPool();
  return {
    onRow({ fingerprint, row, example }) {
      rows.add(fingerprint, row);
      lengths.push(characters(example));
    },
    draw(count, datasetFingerprint) {
      const bounds = quantileBounds(lengths);
      for (const [i, length] of lengths.entries()) {
        const { fingerprint, row } = rows.at(i);
        pool.add(fingerprint, row, nameBand(length, bounds));
      }
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
