// Statistics of many numbers: percentiles, and rows by powers of two.

export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
  mean: number;
}

/** Rows whose value is at most `upto` and above the previous bin; each bin is twice as wide as the previous one. */
export interface Bin {
  upto: number;
  rows: number;
}

export interface Distribution {
  add(value: number): void;
  percentiles(): Percentiles;
}

/** A growing list of numbers, eight bytes each. */
export function createDistribution(): Distribution {
  let values = new Float64Array(1024);
  let count = 0;
  return {
    add(value) {
      if (count === values.length) {
        const bigger = new Float64Array(count * 2);
        bigger.set(values);
        values = bigger;
      }
      values[count] = value;
      count += 1;
    },
    percentiles() {
      const sorted = values.slice(0, count).sort();
      // Nearest rank: the smallest value that at least this share of the rows does not exceed.
      const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? 0;
      const mean = count === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / count;
      return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1), mean: Math.round(mean * 10) / 10 };
    },
  };
}

/** Rows by powers of two; includes empty bins between others. */
export function binByPowers(values: Iterable<number>): Bin[] {
  const bins: number[] = [];
  for (const value of values) {
    const power = Math.ceil(Math.log2(Math.max(1, value)));
    bins[power] = (bins[power] ?? 0) + 1;
  }
  const first = bins.findIndex((rows) => rows !== undefined);
  return first < 0
    ? []
    : Array.from({ length: bins.length - first }, (_, i) => ({
        upto: 2 ** (first + i),
        rows: bins[first + i] ?? 0,
      }));
}
