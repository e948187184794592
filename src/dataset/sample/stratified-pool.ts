// Draws equally many rows from each stratum, in the order of the dataset's permutation.
import { createRowPool, type RankedRow, type RowPool } from './row-pool.ts';

export interface SampledRow extends RankedRow {
  /** The stratum that it was drawn from; null in a uniform sample. */
  stratum: string | null;
}

export interface StratifiedPool {
  /** `fingerprint` in hex. A row may stand in several strata. */
  add(fingerprint: string, row: number, stratum: string): void;
  /**
   * `count` rows, taken from the strata in turn (by name), each in the order of the permutation; a stratum that has no
   * more rows leaves its turns to the others. A row is taken once.
   */
  draw(count: number, datasetFingerprint: string): SampledRow[];
  /** Rows of each stratum, by name. */
  sizes(): Record<string, number>;
}

/** Rows by stratum, until the dataset's fingerprint is known. */
export function createStratifiedPool(): StratifiedPool {
  const pools = new Map<string, RowPool>();
  const names = (): string[] => [...pools.keys()].sort((a, b) => (a < b ? -1 : 1));
  return {
    add(fingerprint, row, stratum) {
      const pool = pools.get(stratum) ?? createRowPool();
      pools.set(stratum, pool);
      pool.add(fingerprint, row);
    },
    draw(count, datasetFingerprint) {
      const queues = names().map((stratum) => ({
        stratum,
        rows: pools.get(stratum)?.first(count, datasetFingerprint) ?? [],
      }));
      const drawn = new Map<string, SampledRow>();
      for (let turn = 0; drawn.size < count && queues.some(({ rows }) => rows.length > 0); turn += 1) {
        const queue = queues[turn % queues.length];
        const next = queue?.rows.shift();
        if (!queue || !next) continue;
        if (drawn.has(next.fingerprint)) turn -= 1;
        else drawn.set(next.fingerprint, { ...next, stratum: queue.stratum });
      }
      return [...drawn.values()];
    },
    sizes: () => Object.fromEntries(names().map((name) => [name, pools.get(name)?.size() ?? 0])),
  };
}
