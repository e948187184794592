import { describe, expect, it } from 'vitest';
import { bestOf, metricKind } from '../../src/run/metric-kind.ts';

const series = (name: string) => ({
  name,
  last: 2,
  last_step: 9,
  min: 1,
  min_step: 3,
  max: 4,
  max_step: 5,
  points: 9,
});

describe('what a metric is', () => {
  it.each([
    ['loss', { unit: 'number', better: 'lower' }],
    ['eval_loss', { unit: 'number', better: 'lower' }],
    ['eval_mean_token_accuracy', { unit: 'share', better: 'higher' }],
    ['learning_rate', { unit: 'number', better: null }],
    ['step_ms', { unit: 'ms', better: null }],
    ['rss_peak_bytes', { unit: 'bytes', better: null }],
    ['eval_runtime', { unit: 'seconds', better: null }],
    ['trained_tokens_per_second', { unit: 'per_second', better: null }],
    ['grad_norm', { unit: 'number', better: null }],
  ])('%s', (name, kind) => {
    expect(metricKind(name)).toEqual(kind);
  });

  it('has a best value only if some value is better', () => {
    expect(bestOf(series('eval_loss'))).toEqual({ value: 1, step: 3 });
    expect(bestOf(series('mean_token_accuracy'))).toEqual({ value: 4, step: 5 });
    expect(bestOf(series('learning_rate'))).toEqual({ value: null, step: null });
  });
});
