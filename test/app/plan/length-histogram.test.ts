import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthHistogram } from '../../../src/app/plan/length-histogram.ts';

describe('lengthHistogram', () => {
  it('counts each row of both splits once, in bins that end at round numbers', () => {
    const bins = lengthHistogram([Uint32Array.of(100, 101, 199, 200), Uint32Array.of(201, 1000)]);
    expect(bins[0]).toEqual({ upto: 100, rows: 1 });
    expect(bins.find(({ upto }) => upto === 200)).toEqual({ upto: 200, rows: 2 });
    expect(bins.at(-1)).toEqual({ upto: 1000, rows: 1 });
  });

  it('gives one bin for rows of one length, and none without rows', () => {
    expect(lengthHistogram([Uint32Array.of(7, 7, 7)])).toEqual([{ upto: 7, rows: 3 }]);
    expect(lengthHistogram([new Uint32Array()])).toEqual([]);
  });

  it('puts every row where it belongs, in at most 30 bins of one width', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, (given) => {
        const bins = lengthHistogram([Uint32Array.from(given)]);
        const width = (bins[1]?.upto ?? 0) - (bins[0]?.upto ?? 0) || 1;
        expect(bins.length).toBeLessThanOrEqual(30);
        for (const [i, { upto, rows }] of bins.entries()) {
          if (i > 0) expect(upto - (bins[i - 1]?.upto ?? 0)).toBe(width);
          const from = i === 0 ? -1 : upto - width;
          expect(rows).toBe(given.filter((length) => length > from && length <= upto).length);
        }
        expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(given.length);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
