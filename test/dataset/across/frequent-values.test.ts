import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFrequentValues } from '../../../src/dataset/across/frequent-values.ts';
import { hashString } from '../../../src/dataset/across/hash-text.ts';

const few = fc.array(fc.string({ maxLength: 3 }), { maxLength: 400 });

function countAll(values: readonly string[]): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const [row, value] of values.entries()) rows.set(value, [...(rows.get(value) ?? []), row]);
  return rows;
}

it('counts every value exactly while there is room, and names its first five rows', () => {
  fc.assert(
    fc.property(few, (values) => {
      const counted = createFrequentValues({ limit: 400 });
      for (const [row, value] of values.entries()) counted.add(row, value);
      const truth = countAll(values);
      expect([counted.total(), counted.distinct(), counted.missed()]).toEqual([values.length, truth.size, 0]);
      expect(new Map(counted.atLeast(1).map(({ value, count, rows }) => [value, { count, rows }]))).toEqual(
        new Map([...truth].map(([value, rows]) => [value, { count: rows.length, rows: rows.slice(0, 5) }])),
      );
    }),
    { seed: 42, numRuns: 200 },
  );
});

it('never counts too much, and too little by at most the stated error, if there are more values than the limit', () => {
  fc.assert(
    fc.property(few, fc.integer({ min: 1, max: 20 }), fc.boolean(), (values, limit, hashed) => {
      const counted = createFrequentValues({ limit, ...(hashed && { hashed }) });
      for (const [row, value] of values.entries())
        counted.add(row, hashed ? hashString([value]) + value : value);
      const found = new Map(counted.atLeast(2).map(({ value, count }) => [value, count]));
      for (const [value, { length }] of countAll(values)) {
        const count = found.get(value) ?? (length === 1 || length - counted.missed() < 2 ? length : 0);
        expect(count).toBeLessThanOrEqual(length);
        expect(count).toBeGreaterThanOrEqual(length - counted.missed());
      }
      expect(counted.distinct()).toBeLessThanOrEqual(limit * 2);
    }),
    { seed: 42, numRuns: 500 },
  );
});

it('keeps a value that occurs in one of a hundred rows among two hundred thousand others', () => {
  const counted = createFrequentValues({ limit: 1000, hashed: true });
  for (let row = 0; row < 200_000; row += 1) {
    const text = row % 100 === 7 ? 'the same again' : `one of a kind, number ${row}`;
    counted.add(row, hashString([text]) + text);
  }
  const [first, second] = counted.atLeast(2);
  expect(second).toBeUndefined();
  expect(first?.value).toBe('the same again');
  expect(first?.count).toBeGreaterThan(2000 - counted.missed() - 1);
  expect(counted.missed()).toBeLessThan(400);
});

it('hashes texts that differ in any one place apart', () => {
  const hashes = new Set<string>();
  for (let i = 0; i < 200_000; i += 1) hashes.add(hashString([`row ${i} of many`]));
  expect(hashes.size).toBe(200_000);
  expect(hashString(['ab', 'c'])).not.toBe(hashString(['a', 'bc']));
  expect(hashString(['a', ''])).not.toBe(hashString(['a']));
});
