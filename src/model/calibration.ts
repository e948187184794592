// Forecasts corrected by what was measured: the median of measured ÷ forecast over past runs of one device and family.

/** Measured ÷ forecast, as it multiplies a forecast. */
export interface Calibration {
  runs: number;
  factor: number;
  low: number;
  high: number;
}

/** One standard deviation, in logarithms, believed of a forecast before any run: ±20 % of memory is two. */
export const priorSpread = { memory: 0.1, speed: 0.3 };

/** How many runs the prior counts for. */
const priorRuns = 2;

/**
 * The correction from ratios of successful runs; null without any. The interval is two standard deviations, in
 * logarithms: s² = (2·prior² + Σ(ln ratio − ln median)²) ÷ (2 + n). It narrows as runs agree.
 */
export function calibrate(ratios: readonly number[], prior: number): Calibration | null {
  const logs = ratios
    .filter((ratio) => ratio > 0 && Number.isFinite(ratio))
    .map(Math.log)
    .sort((a, b) => a - b);
  const runs = logs.length;
  if (runs === 0) return null;
  const median = ((logs[(runs - 1) >> 1] ?? 0) + (logs[runs >> 1] ?? 0)) / 2;
  const squares = logs.reduce((sum, log) => sum + (log - median) ** 2, 0);
  const half = 2 * Math.sqrt((priorRuns * prior ** 2 + squares) / (priorRuns + runs));
  return {
    runs,
    factor: Math.exp(median),
    low: Math.exp(median - half),
    high: Math.exp(median + half),
  };
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
): T & { calibrated?: { runs: number; factor: number } } {
  if (!factors) return forecast;
  const times = (factor: number) => Math.round(forecast.total_bytes * factor);
  return {
    ...forecast,
    total_bytes: times(factors.factor),
    low_bytes: times(factors.low),
    high_bytes: times(factors.high),
    calibrated: { runs: factors.runs, factor: factors.factor },
  };
}
