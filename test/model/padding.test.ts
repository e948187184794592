// The padding that is forecast is the padding of real batches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paddingShare } from '../../src/model/padding.ts';

describe('the share of padding', () => {
  it('is none for rows of one length, and none in batches of one', () => {
    expect(paddingShare([7, 7, 7, 7], 4)).toBeCloseTo(0);
    expect(paddingShare([1, 50, 900], 1)).toBeCloseTo(0);
    expect(paddingShare([], 4)).toBe(0);
  });

  it('is the mean over all batches that can be drawn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        (lengths, rows) => {
          let [longest, text, batches] = [0, 0, 0];
          const draw = (batch: number[]): void => {
            if (batch.length < rows) {
              for (const length of lengths) draw([...batch, length]);
              return;
            }
            longest += Math.max(...batch);
            text += batch.reduce((sum, n) => sum + n, 0) / rows;
            batches += 1;
          };
          draw([]);
          expect(batches).toBe(lengths.length ** rows);
          expect(paddingShare(lengths, rows)).toBeCloseTo(1 - text / longest, 10);
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });
});
