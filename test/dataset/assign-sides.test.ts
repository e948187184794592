import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSideAssigner, pooledStratum } from '../../src/dataset/assign-sides.ts';
import type { Key } from '../../src/dataset/duplicates/murmur3.ts';
import { createRandom } from './fuzz/random.ts';

interface Row {
  key: Key;
  stratum: string;
}

const keyOf = (group: number): Key => {
  const random = createRandom(group);
  const word = () => random.int(2 ** 32) | 0;
  return [word(), word(), word(), word()];
};

const assign = (rows: readonly Row[], fraction = 0.1, seed = 42) => {
  const assigner = createSideAssigner({ fraction, seed });
  for (const [row, { key, stratum }] of rows.entries()) assigner.add(row, key, stratum);
  return assigner.end();
};

const rowsOf = (sizes: Record<string, number>): Row[] => {
  let group = 0;
  return Object.entries(sizes).flatMap(([stratum, n]) =>
    Array.from({ length: n }, () => ({ key: keyOf(group++), stratum })),
  );
};

describe('a stratified split', () => {
  it('holds out the same fraction of each stratum, to the nearest group', () => {
    expect(assign(rowsOf({ a: 100, b: 1_004, c: 37 })).strata).toEqual([
      { name: 'a', train: 90, validation: 10 },
      { name: 'b', train: 904, validation: 100 },
      { name: 'c', train: 33, validation: 4 },
    ]);
  });

  it('pools strata too small to give a row, so that their share is held out too', () => {
    const small = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`label ${i}`, 2]));
    expect(assign(rowsOf({ ...small, yes: 200 })).strata).toEqual([
      { name: pooledStratum, train: 108, validation: 12 },
      { name: 'yes', train: 180, validation: 20 },
    ]);
  });

  it('never puts rows of one group on both sides, for any strata', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(8), fc.constantFrom('a', 'b', 'c'))), fc.nat(), (pairs, seed) => {
        const { sideOf } = assign(
          pairs.map(([group, stratum]) => ({ key: keyOf(group), stratum })),
          0.3,
          seed,
        );
        const sides = new Map<number, string>();
        for (const [row, [group]] of pairs.entries()) {
          expect(sides.get(group) ?? sideOf(row)).toBe(sideOf(row));
          sides.set(group, sideOf(row));
        }
        // Both sides have rows where there are two groups.
        if (sides.size > 1) expect(new Set(sides.values()).size).toBe(2);
      }),
    );
  });

  it('moves at most one other group when a row comes in, and none of another stratum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 0, max: 2 ** 31 }), (size, group) => {
        const before = rowsOf({ a: size, b: size });
        const after = [...before, { key: keyOf(group + 1_000), stratum: 'a' }];
        const [old, now] = [assign(before), assign(after)];
        const moved = before.filter((_, row) => old.sideOf(row) !== now.sideOf(row));
        expect(moved.length).toBeLessThanOrEqual(1);
        expect(moved.every(({ stratum }) => stratum === 'a')).toBe(true);
      }),
    );
  });

  it('chooses other rows for another seed', () => {
    const rows = rowsOf({ a: 500 });
    const chosen = (seed: number) =>
      [...rows.keys()].filter((row) => assign(rows, 0.1, seed).sideOf(row) === 'validation');
    expect(chosen(1)).not.toEqual(chosen(2));
    expect(chosen(1)).toEqual(chosen(1));
  });
});
