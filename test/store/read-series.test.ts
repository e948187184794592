import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/open-store.ts';
import { readSeries, type SeriesBucket } from '../../src/store/read-series.ts';
import { ingestEvents, stepEvent, storeWithRun } from './ingest-helper.ts';

const total = 20_000;
let store: Store;

// Every second step from 2 on; a spike that sampling would miss, and a NaN.
const valueAt = (i: number) => (i === 12_345 ? 999 : i === 777 ? Number.NaN : i % 10);

beforeAll(() => {
  store = storeWithRun();
  const events = Array.from({ length: total }, (_, i) => stepEvent(2 * (i + 1), { loss: valueAt(i) }, i));
  ingestEvents(store, events);
});

function check(buckets: SeriesBucket[]): void {
  expect(buckets.reduce((sum, bucket) => sum + bucket.points, 0)).toBe(total);
  expect(Math.max(...buckets.map((bucket) => bucket.max ?? 0))).toBe(999);
  expect(buckets.reduce((sum, bucket) => sum + bucket.nonfinite, 0)).toBe(1);
  for (const [i, bucket] of buckets.entries()) {
    expect(bucket.first_step).toBe((buckets[i - 1]?.last_step ?? 0) + 2);
    const values = [];
    for (let step = bucket.first_step; step <= bucket.last_step; step += 2)
      values.push(valueAt(step / 2 - 1));
    const finite = values.filter(Number.isFinite);
    expect(bucket.points).toBe(values.length);
    expect(bucket.mean).toBeCloseTo(finite.reduce((a, b) => a + b, 0) / finite.length, 9);
    expect([bucket.min, bucket.max]).toEqual([Math.min(...finite), Math.max(...finite)]);
    expect(bucket.last).toEqual(values.at(-1));
  }
}

describe('a series for a chart', () => {
  it('is every point where there is room for them', () => {
    const buckets = readSeries(store, 'one', 'loss', { maxPoints: total });
    expect(buckets).toHaveLength(total);
    expect(buckets[0]).toEqual({
      first_step: 2,
      last_step: 2,
      points: 1,
      nonfinite: 0,
      min: 0,
      max: 0,
      mean: 0,
      last: 0,
    });
    expect(buckets[777]).toMatchObject({ min: null, max: null, mean: null, last: Number.NaN });
  });

  it.each([1, 7, 100, 400, 1000, 5000])('keeps the spike and the mean in at most %i buckets', (maxPoints) => {
    const buckets = readSeries(store, 'one', 'loss', { maxPoints });
    expect(buckets.length).toBeLessThanOrEqual(maxPoints);
    expect(buckets.length).toBeGreaterThan(maxPoints / 3);
    check(buckets);
  });

  it('zooms into a range of steps', () => {
    const buckets = readSeries(store, 'one', 'loss', { fromStep: 1000, toStep: 1100 });
    expect(buckets.map((bucket) => bucket.first_step)).toEqual(
      Array.from({ length: 51 }, (_, i) => 1000 + 2 * i),
    );
  });

  it('is empty for a series or a run that is not there', () => {
    expect(readSeries(store, 'one', 'nothing')).toEqual([]);
    expect(readSeries(store, 'none', 'loss')).toEqual([]);
  });
});
