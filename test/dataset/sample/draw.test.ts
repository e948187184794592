import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileBounds } from '../../../src/dataset/sample/by-length.ts';
import { createRowPool } from '../../../src/dataset/sample/row-pool.ts';
import { createStratifiedPool } from '../../../src/dataset/sample/stratified-pool.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const seed = sha('the dataset');
const rank = (fingerprint: string) => sha_(Buffer.from(seed + fingerprint, 'hex'));
const sha_ = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('drawing rows', () => {
  it('takes the rows with the lowest SHA-256(dataset fingerprint ‖ row fingerprint), in that order', () => {
    const rows = Array.from({ length: 300 }, (_, i) => sha(`row ${i}`));
    const pool = createRowPool();
    for (const [row, fingerprint] of rows.entries()) pool.add(fingerprint, row);
    const wanted = rows
      .map((fingerprint, row) => ({ row, fingerprint }))
      .sort((a, b) => (rank(a.fingerprint) < rank(b.fingerprint) ? -1 : 1));
    expect(pool.first(50, seed)).toEqual(wanted.slice(0, 50));
    expect(pool.first(1_000, seed)).toEqual(wanted);
  });

  it('takes as many of each stratum as there are, each row once', () => {
    const entries = fc.array(fc.tuple(fc.nat(20), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 30 }), (rows, count) => {
        const pool = createStratifiedPool();
        const unique = new Map(rows.map(([row, stratum]) => [`${row} ${stratum}`, { row, stratum }]));
        for (const { row, stratum } of unique.values()) pool.add(sha(`${row}`), row, stratum);
        const drawn = pool.draw(count, seed);
        const all = new Set(rows.map(([row]) => row));
        expect(drawn.length).toBe(Math.min(count, all.size));
        expect(new Set(drawn.map(({ row }) => row)).size).toBe(drawn.length);
        // Where rows stand in one stratum only, the turns are even until one has no more.
        const alone = [...unique.values()].every(
          ({ row }, _, list) => list.filter((each) => each.row === row).length === 1,
        );
        if (!alone) return;
        const taken = ['a', 'b', 'c'].map((name) => drawn.filter(({ stratum }) => stratum === name).length);
        const full = ['a', 'b', 'c'].map((name) => pool.sizes()[name] ?? 0);
        for (const [i, n] of taken.entries())
          if (n < (full[i] ?? 0)) expect(n).toBeGreaterThanOrEqual(Math.max(...taken) - 1);
      }),
    );
  });

  it('cuts lengths into bands of equally many rows', () => {
    expect(quantileBounds(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual([20, 40, 60, 80, 100]);
    expect(quantileBounds([5, 5, 5, 5])).toEqual([5]);
  });
});
