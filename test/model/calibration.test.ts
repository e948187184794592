import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCalibration, calibrate, priorSpread } from '../../src/model/calibration.ts';

describe('calibrate', () => {
  it('says nothing without runs, nor of ratios that are none', () => {
    expect(calibrate([], priorSpread.memory)).toBeNull();
    expect(calibrate([0, Number.NaN, -1], priorSpread.memory)).toBeNull();
  });

  it('takes the median, so that one odd run moves little', () => {
    expect(calibrate([1.2, 1.25, 9], priorSpread.memory)?.factor).toBeCloseTo(1.25);
  });

  it('keeps its interval where one run among several is odd', () => {
    const found = calibrate([1.2, 1.25, 1.22, 1.24, 9], priorSpread.memory);
    expect(found?.factor).toBeCloseTo(1.24);
    expect(found?.high).toBeLessThan(1.24 * 1.3);
  });

  it('narrows as runs agree, and stays wide where they do not', () => {
    const width = (ratios: number[]) => {
      const found = calibrate(ratios, priorSpread.speed);
      return found ? found.high / found.low : Number.NaN;
    };
    expect(width([1, 1, 1])).toBeLessThan(width([1]));
    expect(width([0.2, 1, 5])).toBeGreaterThan(width([1]));
  });

  it('keeps the factor inside the interval', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1 }), (ratios) => {
        const found = calibrate(ratios, priorSpread.memory);
        expect(found?.low).toBeLessThan(found?.factor ?? 0);
        expect(found?.high).toBeGreaterThan(found?.factor ?? 0);
      }),
      { seed: 4 },
    );
  });
});

describe('applyCalibration', () => {
  const forecast = { total_bytes: 1000, low_bytes: 800, high_bytes: 1200, components: { weights: 1000 } };

  it('leaves a forecast as it is without runs', () => {
    expect(applyCalibration(forecast, null)).toEqual(forecast);
  });

  it('multiplies total and band, and names the runs', () => {
    const factors = { runs: 3, factor: 1.5, low: 1.4, high: 1.6 };
    expect(applyCalibration(forecast, factors)).toEqual({
      total_bytes: 1500,
      low_bytes: 1400,
      high_bytes: 1600,
      components: { weights: 1000 },
      calibrated: { runs: 3, factor: 1.5 },
    });
  });
});
