// The split of rows that come one by one: in their order, equal rows together, no side empty.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Key } from '../../src/dataset/duplicates/murmur3.ts';
import { createSplit, splitPosition } from '../../src/dataset/split.ts';

fc.configureGlobal({ seed: 5 });

const keyOf = (n: number): Key => [Math.imul(n, 0x9e3779b1), Math.imul(n, 0x85ebca6b), n, 7];
const divide = (groups: readonly number[], fraction: number) => {
  const split = createSplit<number>({ fraction, seed: 1 });
  const out = groups.flatMap((group, i) => split.add(keyOf(group), i));
  return [...out, ...split.end()];
};

it('keeps the order, keeps groups together, and fills both sides if there are two groups', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(12), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0.01, 0.1, 0.5, 0.99),
      (groups, fraction) => {
        const divided = divide(groups, fraction);
        expect(divided.map(([, item]) => item)).toEqual(groups.map((_, i) => i));
        const sides = new Map<number, string>();
        for (const [side, item] of divided) {
          const group = groups[item] as number;
          expect(sides.get(group) ?? side).toBe(side);
          sides.set(group, side);
        }
        if (sides.size > 1) expect(new Set(sides.values()).size).toBe(2);
        else expect([...sides.values()]).toEqual(['train']);
        const odd = [...sides].filter(
          ([group, side]) => (splitPosition(keyOf(group), 1) < fraction ? 'validation' : 'train') !== side,
        );
        expect(odd.length).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 1500 },
  );
});

it('holds back at most ten thousand rows', () => {
  const split = createSplit<number>({ fraction: 1e-12, seed: 1 });
  let out = 0;
  for (let i = 0; i < 30_000; i += 1) {
    out += split.add(keyOf(i), i).length;
    expect(i - out).toBeLessThan(10_000);
  }
});
