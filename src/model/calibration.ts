// Forecasts corrected by what was measured: the median of measured ÷ forecast over past runs of one device and family.

/** Measured ÷ forecast, as it multiplies a forecast. */
export interface Calibration {
  /** Runs and calibrations that it rests on. */
  runs: number;
  /** How many of them were calibrations (`lorch model calibrate`). */
  ladders?: number;
  factor: number;
  low: number;
  high: number;
}

/** One standard deviation, in logarithms, believed of a forecast before any run: ±20 % of memory is two. */
export const priorSpread = { memory: 0.1, speed: 0.3 };

/** How many runs the prior counts for. */
const priorRuns = 2;

/** Median absolute deviation × this is the standard deviation of a normal distribution. */
const deviationScale = 1.4826;

/**
 * The correction from ratios of successful runs; null without any. The interval is two standard deviations, in
 * logarithms: s² = (2·prior² + n·d²) ÷ (2 + n), d = 1.4826 · median |ln ratio − ln median|. It narrows as runs agree,
 * and one odd run among several moves neither factor nor interval far.
 */
export function calibrate(ratios: readonly number[], prior: number): Calibration | null {
  const logs = ratios
    .filter((ratio) => ratio > 0 && Number.isFinite(ratio))
    .map(Math.log)
    .sort((a, b) => a - b);
  const runs = logs.length;
  if (runs === 0) return null;
  const median = medianOfSorted(logs);
  const deviation =
    deviationScale * medianOfSorted(logs.map((log) => Math.abs(log - median)).sort((a, b) => a - b));
  const half = 2 * Math.sqrt((priorRuns * prior ** 2 + runs * deviation ** 2) / (priorRuns + runs));
  return {
    runs,
    factor: Math.exp(median),
    low: Math.exp(median - half),
    high: Math.exp(median + half),
  };
}

/** The middle of ascending numbers, or of its two; NaN of none. */
export function medianOfSorted(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `2 runs and 1 calibration`. */
export function groundOf({ runs, ladders = 0 }: Pick<Calibration, 'runs' | 'ladders'>): string {
  const counted = (n: number, word: string) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`]);
  return [...counted(runs - ladders, 'run'), ...counted(ladders, 'calibration')].join(' and ');
}

interface Banded {
  total_bytes: number;
  low_bytes: number;
  high_bytes: number;
}

/** A memory forecast in bytes, multiplied; its components stay as the formulas say. Without factors it stays as it is. */
export function applyCalibration<T extends Banded>(
  forecast: T,
  factors: Calibration | null,
): T & { calibrated?: { runs: number; ladders?: number; factor: number } } {
  if (!factors) return forecast;
  const times = (factor: number) => Math.round(forecast.total_bytes * factor);
  return {
    ...forecast,
    total_bytes: times(factors.factor),
    low_bytes: times(factors.low),
    high_bytes: times(factors.high),
    calibrated: {
      runs: factors.runs,
      ...(factors.ladders ? { ladders: factors.ladders } : {}),
      factor: factors.factor,
    },
  };
}
