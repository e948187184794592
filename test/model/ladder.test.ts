import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctSizes, ladderSizes, nearestRungs, tokensAtOnce } from '../../src/model/ladder.ts';

describe('ladderSizes', () => {
  it('ends at the size of a run and begins well below', () => {
    expect(ladderSizes(4, 2048).map(({ batch, sequenceTokens }) => [batch, sequenceTokens])).toEqual([
      [1, 512],
      [1, 2048],
      [4, 1024],
      [4, 2048],
    ]);
  });

  it('has each size once, in increasing order, and never exceeds the run', () => {
    const size = fc.integer({ min: 1, max: 9000 });
    fc.assert(
      fc.property(size, size, (batch, sequenceTokens) => {
        const tokens = ladderSizes(batch, sequenceTokens).map(tokensAtOnce);
        expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
        expect(tokens.at(-1)).toBe(batch * sequenceTokens);
        expect(distinctSizes(ladderSizes(batch, sequenceTokens))).toEqual(ladderSizes(batch, sequenceTokens));
      }),
      { seed: 4 },
    );
  });
});

describe('nearestRungs', () => {
  const rung = (id: string, tokens: number) => ({ ladder: { id, tokensAtOnce: tokens } });
  const run = { ladder: null };

  it('lets each calibration speak once, by its size nearest to the plan', () => {
    const measured = [run, rung('a', 100), rung('a', 1000), rung('a', 8000), rung('b', 90)];
    expect(nearestRungs(measured, 2000)).toEqual([run, rung('a', 1000), rung('b', 90)]);
    expect(nearestRungs(measured, 1)).toEqual([run, rung('a', 100), rung('b', 90)]);
    expect(nearestRungs(measured, 1e9)).toEqual([run, rung('a', 8000), rung('b', 90)]);
  });
});
