import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFingerprintIndex } from '../../../src/dataset/review/fingerprint-index.ts';
import { firstOfOrder, lastOfOrder, orderKey } from '../../../src/dataset/review/permutation.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const dataset = sha('a dataset');

function indexOf(rows: readonly string[]) {
  const index = createFingerprintIndex();
  for (const row of rows) index.add(row);
  return index;
}

describe('the order of a dataset', () => {
  it('is the rows sorted by SHA-256(dataset ‖ row), from either end and for any count', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1e6), { maxLength: 300 }), fc.nat(320), (names, count) => {
        const rows = names.map((n) => sha(String(n)));
        const index = indexOf(rows);
        const sorted = rows
          .map((row) => ({
            row,
            key: createHash('sha256')
              .update(Buffer.from(dataset + row, 'hex'))
              .digest('hex'),
          }))
          .sort((a, b) => (a.key < b.key ? -1 : 1))
          .map(({ row }) => row);
        const at = (i: number) => index.at(i);
        expect(firstOfOrder(dataset, index, count).map(at)).toEqual(sorted.slice(0, count));
        expect(lastOfOrder(dataset, index, count).map(at)).toEqual(
          sorted.slice(Math.max(0, sorted.length - count)).reverse(),
        );
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('does not depend on the order of the files', () => {
    const rows = Array.from({ length: 500 }, (_, i) => sha(`row ${i}`));
    const read = (list: string[]) => {
      const index = indexOf(list);
      return firstOfOrder(dataset, index, 50).map((i) => index.at(i));
    };
    expect(read(rows)).toEqual(read(rows.toReversed()));
  });

  it('is another one for another dataset, and every row is as likely to come first', () => {
    const rows = Array.from({ length: 40 }, (_, i) => sha(`row ${i}`));
    const index = indexOf(rows);
    const counts = new Array<number>(40).fill(0);
    const draws = 4000;
    for (let d = 0; d < draws; d += 1)
      for (const i of firstOfOrder(sha(`dataset ${d}`), index, 10)) counts[i] = (counts[i] ?? 0) + 1;
    const expected = (draws * 10) / 40;
    const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // Without replacement the statistic is smaller than chi-squared with 39 degrees of freedom; 72.1 is its 99.9 % point.
    expect(chi).toBeLessThan(72.1);
  });

  it('has a key that anyone can compute', () => {
    const row = sha('x');
    const key = createHash('sha256')
      .update(Buffer.from(dataset + row, 'hex'))
      .digest()
      .toString('latin1');
    expect(orderKey(dataset, Buffer.from(row, 'hex'))).toBe(key);
  });
});

describe('a fingerprint index', () => {
  it('finds what was added, each row once, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 5000 }), (numbers) => {
        const index = createFingerprintIndex();
        const known = new Map<string, number>();
        for (const n of numbers) {
          const row = sha(String(n));
          const at = known.get(row) ?? known.size;
          expect(index.add(row)).toBe(at);
          known.set(row, at);
        }
        expect(index.rows).toBe(known.size);
        for (const [row, at] of known) expect([index.find(row), index.at(at)]).toEqual([at, row]);
        expect(index.has(sha('never added'))).toBe(false);
      }),
      { seed: 1, numRuns: 10 },
    );
  });
});
