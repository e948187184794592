// Derives a metric's unit and its best value from its name.
import type { MetricSummary } from './compare.ts';

export interface MetricKind {
  unit: 'number' | 'ms' | 'seconds' | 'bytes' | 'per_second' | 'share';
  /** Null for a metric without better or worse values, such as the learning rate. */
  better: 'lower' | 'higher' | null;
}

/** The kind of a metric as the trainer names it; `eval_` before a name changes nothing. */
export function metricKind(name: string): MetricKind {
  if (/(^|_)loss$/.test(name)) return { unit: 'number', better: 'lower' };
  if (/accuracy/.test(name)) return { unit: 'share', better: 'higher' };
  if (name.endsWith('_bytes')) return { unit: 'bytes', better: null };
  if (name.endsWith('_ms')) return { unit: 'ms', better: null };
  if (name.endsWith('_runtime')) return { unit: 'seconds', better: null };
  if (name.endsWith('_per_second')) return { unit: 'per_second', better: null };
  return { unit: 'number', better: null };
}

/** The best value of a series and the step where it was reached; nulls if no value is better than another. */
export function bestOf(metric: MetricSummary): { value: number | null; step: number | null } {
  const { better } = metricKind(metric.name);
  if (better === 'lower') return { value: metric.min, step: metric.min_step };
  if (better === 'higher') return { value: metric.max, step: metric.max_step };
  return { value: null, step: null };
}
