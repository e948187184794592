import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binByPowers, createDistribution } from '../../../src/app/tokens/distribution.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 300 });

it('puts each value into the one bin whose ends enclose it, and loses none', () => {
  fc.assert(
    fc.property(sizes, (values) => {
      const bins = binByPowers(values);
      for (const { upto, rows } of bins)
        expect(rows).toBe(values.filter((value) => value <= upto && (value > upto / 2 || upto === 1)).length);
      expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(values.length);
      expect(bins[0]?.rows).toBeGreaterThan(0);
    }),
    { seed: 42 },
  );
  expect(binByPowers([])).toEqual([]);
});

it('gives percentiles by the nearest rank', () => {
  fc.assert(
    fc.property(sizes, (values) => {
      const series = createDistribution();
      for (const value of values) series.add(value);
      const { p50, p99, max } = series.percentiles();
      expect(values.filter((value) => value <= p50).length).toBeGreaterThanOrEqual(values.length / 2);
      expect(values.filter((value) => value < p50).length).toBeLessThan(values.length / 2);
      expect(max).toBe(Math.max(...values));
      expect(p99).toBeLessThanOrEqual(max);
    }),
    { seed: 42 },
  );
  expect(createDistribution().percentiles()).toEqual({ p50: 0, p90: 0, p99: 0, max: 0, mean: 0 });
});
