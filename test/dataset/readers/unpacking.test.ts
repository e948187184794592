// Small files that stand for far more than they hold, and large ones that are meant so.
import { describe, expect, it } from 'vitest';
import { scanText, structureOnly } from '../scan-text.ts';
import { fixture, readBytes } from './read-bytes.ts';

const label = 'rows.parquet';

describe('a small Parquet file', () => {
  it('whose rows share a text of 40 MB is read until it has become 256 MiB', async () => {
    const read = await readBytes(fixture('bomb-rows.parquet'), { label, maxRowBytes: 50_000_000 });
    expect(read.rows).toHaveLength(2000);
    expect(read.rows.slice(0, 7).map(({ fault }) => fault)).toEqual(Array(7).fill(null));
    expect(new Set(read.rows.slice(7).map(({ fault }) => fault?.check.code))).toEqual(new Set(['D230']));
    expect(read.rows[7]?.line).toBe(8);
    expect(read.rows[7]?.fault?.message).toMatch(/rows 8 to 2000.* in column "output"\.$/);
  });

  it('whose row has a text 100,000 times names that row, and reads the others', async () => {
    const { rows } = await readBytes(fixture('bomb-list.parquet'), { label, maxRowBytes: 50_000_000 });
    expect(rows.map(({ line, fault }) => [line, fault?.check.code])).toEqual([
      [1, undefined],
      [2, 'D004'],
      [3, undefined],
    ]);
    expect(rows[1]?.text).toContain('"instruction":"Say 2."');
  });

  it('of millions of nulls is not read', async () => {
    const { rows } = await readBytes(fixture('bomb-nulls.parquet'), { label });
    expect(rows).toHaveLength(175_000);
    expect(rows.every(({ fault }) => fault?.check.code === 'D230')).toBe(true);
    expect(rows[0]?.fault?.message).toMatch(
      /^Row group 1 \(rows 1 to 175000\) is not read: .* column "column /,
    );
  });
});

const wide = (columns: number, rows = 2): string => {
  const names = ['instruction', 'output', ...Array.from({ length: columns - 2 }, (_, i) => `c${i}`)];
  const row = (n: number): string => [`Say ${n}.`, `It is ${n}.`, ...Array(columns - 2).fill('x')].join(',');
  return [names.join(','), ...Array.from({ length: rows }, (_, n) => row(n))].join('\n');
};

describe('a wide table', () => {
  it('of 20,000 columns is read', async () => {
    const { rows } = await readBytes(wide(20_000), { label: 'rows.csv' });
    expect(rows.map(({ fault }) => fault)).toEqual([null, null]);
    expect(Object.keys(rows[1]?.value as object)).toHaveLength(20_000);
  });

  it.each([65_537, 300_000])('of %d columns is named at the first column too many', async (columns) => {
    const text = wide(columns);
    const read = await readBytes(text, { label: 'rows.csv', maxRowBytes: 50_000_000 });
    const [said] = read.all.filter(({ check }) => check.code === 'D231');
    expect(said?.line).toBe(1);
    expect(text.slice((said?.column ?? 0) - 1)).toMatch(/^c65534\b/);
    expect(read.rows.map(({ line, fault }) => [line, fault?.check.code])).toEqual([
      [2, 'D231'],
      [3, 'D231'],
    ]);
  });

  it('without names of its columns is named at its header and its row', async () => {
    const text = `instruction,output${','.repeat(100_000)}\nSay 1.,One.${','.repeat(100_000)}\n`;
    const { findings, kept, result } = await scanText([{ text, label: 'rows.csv' }]);
    expect(findings.map(({ code }) => code)).toEqual(['D231', 'D231']);
    expect([result.rows, kept.length]).toEqual([1, 0]);
  });

  it('does not count the cells of a record that is far too wide', async () => {
    const text = `instruction,output\nSay 1.,One.\n${','.repeat(500_000)}x\nSay 2.,Two.\n`;
    const { rows } = await readBytes(text, { label: 'rows.csv' });
    expect(rows.map(({ fault }) => fault?.check.code)).toEqual([undefined, 'D053', undefined]);
    expect(rows[1]?.fault?.message).toBe('The record has more than 65,536 cells, the header 2.');
  });
});

it('a JSON row of 65,537 keys is named, and one of 1,000 is read', async () => {
  const row = (keys: number): string =>
    JSON.stringify({
      instruction: 'Name a colour.',
      output: 'Blue, like the sky.',
      ...Object.fromEntries(Array.from({ length: keys - 2 }, (_, i) => [`k${i}`, 1])),
    });
  const { findings, kept } = await scanText(`${row(1000)}\n${row(65_537)}\n`, { checks: structureOnly });
  expect(findings.filter(({ code }) => code === 'D231').map(({ row }) => row)).toEqual([1]);
  expect(kept.map(({ row }) => row)).toEqual([0]);
});

it('a cell of 5 MB is read', async () => {
  const text = `instruction,output\nSay it.,${'all of it '.repeat(500_000)}\n`;
  const { rows } = await readBytes(text, { label: 'rows.csv', maxRowBytes: 50_000_000 });
  expect(rows[0]?.fault).toBeNull();
});
