import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanRowsToLimit, upperBound } from '../../../src/dataset/review/clopper-pearson.ts';

// Solved to 60 digits by bisection on exact binomial sums.
const table: [defects: number, rows: number, bound: number][] = [
  [0, 1, 0.95],
  [0, 50, 0.058155079116972],
  [1, 50, 0.091398130719697],
  [2, 50, 0.120614155422044],
  [3, 50, 0.147837176364181],
  [5, 50, 0.198833002516418],
  [10, 50, 0.315596061420014],
  [49, 50, 0.998974660132768],
  [0, 149, 0.019904816220685],
  [0, 298, 0.010002432437678],
  [1, 100, 0.046559811453539],
  [5, 100, 0.102253377643275],
  [50, 1000, 0.06286340351238],
  [100, 10_000, 0.011797233971348],
  [500, 100_000, 0.005382730759819],
  [0, 1_000_000, 0.000002995727786],
  [10, 1_000_000, 0.000016962160188],
  [1000, 1_000_000, 0.001053574877454],
];

describe('the one-sided 95 % bound', () => {
  it('has the exact values, up to a million rows', () => {
    for (const [defects, rows, bound] of table)
      expect(Math.abs(upperBound(defects, rows) / bound - 1), `${defects} of ${rows}`).toBeLessThan(1e-8);
  });

  it('reads as the textbooks print it', () => {
    const percent = (defects: number, rows: number) => (100 * upperBound(defects, rows)).toFixed(1);
    expect([percent(0, 50), percent(1, 50), percent(2, 50), percent(0, 149)]).toEqual([
      '5.8',
      '9.1',
      '12.1',
      '2.0',
    ]);
  });

  it('says nothing where nothing was read or all is bad', () => {
    expect([upperBound(0, 0), upperBound(5, 5), upperBound(7, 5)]).toEqual([1, 1, 1]);
  });

  it('leaves exactly 5 % of chance for so few defects', () => {
    const chance = (k: number, n: number, p: number): number => {
      let term = (1 - p) ** n;
      let sum = term;
      for (let i = 1; i <= k; i += 1) {
        term *= (((n - i + 1) / i) * p) / (1 - p);
        sum += term;
      }
      return sum;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(30), (rows, defects) => {
        fc.pre(defects < rows);
        expect(chance(defects, rows, upperBound(defects, rows))).toBeCloseTo(0.05, 8);
      }),
      { seed: 1 },
    );
  });

  it('falls with every clean row and rises with every defect', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(100), (rows, defects) => {
        fc.pre(defects < rows);
        const bound = upperBound(defects, rows);
        expect(bound).toBeGreaterThan(defects / rows);
        expect(upperBound(defects, rows + 1)).toBeLessThan(bound);
        expect(upperBound(defects + 1, rows + 1)).toBeGreaterThan(bound);
      }),
      { seed: 2 },
    );
  });
});

describe('clean rows to the limit', () => {
  it('are what is missing, and no row more', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(20),
        fc.double({ min: 0.005, max: 0.5, noNaN: true }),
        (rows, defects, limit) => {
          fc.pre(defects <= rows);
          const more = cleanRowsToLimit(defects, rows, limit);
          expect(upperBound(defects, rows + more)).toBeLessThanOrEqual(limit);
          if (more > 0) expect(upperBound(defects, rows + more - 1)).toBeGreaterThan(limit);
        },
      ),
      { seed: 3 },
    );
  });

  it('has the numbers people know: 29 for 10 %, 149 for 2 %, 299 for 1 %', () => {
    expect([0.1, 0.02, 0.01].map((limit) => cleanRowsToLimit(0, 0, limit))).toEqual([29, 149, 299]);
  });
});
