import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTables } from '../../../src/dataset/diff/compare-tables.ts';
import { createRowTable, type RowTable } from '../../../src/dataset/diff/row-table.ts';
import type { Example } from '../../../src/dataset/example.ts';
import { rowFingerprint } from '../../../src/dataset/fingerprint.ts';

const example = (prompt: string, answer: string, meta: Record<string, unknown> = {}): Example => ({
  messages: [
    { role: 'user', content: prompt },
    { role: 'assistant', content: answer },
  ],
  meta,
});

const table = (examples: readonly Example[]): RowTable => {
  const rows = createRowTable();
  for (const [row, each] of examples.entries())
    rows.add({
      row,
      example: each,
      fingerprint: rowFingerprint(each),
      place: { row, file: 'f', line: row + 1, column: 1 },
      text: '',
    });
  return rows;
};

const compare = (a: readonly Example[], b: readonly Example[]) => compareTables(table(a), table(b));

describe('two versions of a dataset', () => {
  it('are classified row by row: same, changed, added, removed', () => {
    const a = [example('1', 'one'), example('2', 'two'), example('3', 'three')];
    const b = [example('2', 'zwei'), example('1', 'one'), example('4', 'four')];
    expect(compare(a, b)).toEqual({
      same: 1,
      moved: 0,
      metadata: [],
      changed: [{ a: 1, b: 0, by: 'prompt' }],
      added: [2],
      removed: [2],
    });
  });

  it('take a row with the same id for the same row, though its prompt changed', () => {
    const a = [example('Hwo?', 'So.', { id: 7 }), example('Why?', 'Because.', { id: 8 })];
    const b = [example('How?', 'So.', { id: 7 }), example('Why?', 'Because.', { id: 8 })];
    expect(compare(a, b).changed).toEqual([{ a: 0, b: 0, by: 'id' }]);
  });

  it('do not pair rows by an id that several rows share', () => {
    const a = [example('1', 'a', { id: 'x' }), example('2', 'b', { id: 'x' })];
    const b = [example('3', 'c', { id: 'x' }), example('4', 'd', { id: 'x' })];
    expect(compare(a, b)).toMatchObject({ changed: [], added: [0, 1], removed: [0, 1] });
  });

  it('see a new system prompt as a change of each row', () => {
    const a = [example('1', 'one'), example('2', 'two')];
    const b = a.map(
      (each): Example => ({
        ...each,
        messages: [{ role: 'system', content: 'Be brief.' }, ...each.messages],
      }),
    );
    expect(compare(a, b)).toMatchObject({ same: 0, added: [], removed: [] });
    expect(compare(a, b).changed.map(({ a: from, b: to }) => [from, to])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('count metadata apart, and pair the copies of a row that agree in it', () => {
    const x = (id: number) => example('1', 'one', { tag: id });
    expect(compare([x(1), x(2)], [x(2), x(3)])).toMatchObject({ same: 2, metadata: [{ a: 0, b: 1 }] });
  });

  it('count rows that moved: the fewest that explain the order', () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((each) => example(each, each));
    const [a, b, c, d, e] = rows as [Example, Example, Example, Example, Example];
    expect(compare(rows, [b, c, d, e, a])).toMatchObject({ same: 5, moved: 1 });
    expect(compare(rows, [e, d, c, b, a])).toMatchObject({ same: 5, moved: 4 });
  });

  it('put every row of either side in exactly one place', () => {
    const some = fc.record({ p: fc.nat(3), a: fc.nat(2), id: fc.option(fc.nat(3)), tag: fc.nat(1) });
    const side = fc.array(some, { maxLength: 12 });
    const make = ({ p, a, id, tag }: { p: number; a: number; id: number | null; tag: number }) =>
      example(`prompt ${p}`, `answer ${a}`, { tag, ...(id !== null && { id }) });
    fc.assert(
      fc.property(side, side, (left, right) => {
        const [a, b] = [left.map(make), right.map(make)];
        const { same, metadata, changed, added, removed, moved } = compare(a, b);
        expect(same + changed.length + removed.length).toBe(a.length);
        expect(same + changed.length + added.length).toBe(b.length);
        expect(metadata.length).toBeLessThanOrEqual(same);
        expect(moved).toBeLessThanOrEqual(same);
        // The same rows are those that both have, as often as both have them.
        const count = (rows: Example[]) => {
          const counts = new Map<string, number>();
          for (const each of rows.map(rowFingerprint)) counts.set(each, (counts.get(each) ?? 0) + 1);
          return counts;
        };
        const [inA, inB] = [count(a), count(b)];
        const both = [...inA].reduce((sum, [key, n]) => sum + Math.min(n, inB.get(key) ?? 0), 0);
        expect(same).toBe(both);
      }),
    );
  });
});
