// Weights: which rows a fraction draws, and where in a scan the draw stands.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { notDrawn, timesFed } from '../../src/dataset/weight.ts';
import { type Source, scanText } from './scan-text.ts';

const print = (i: number): string => createHash('sha256').update(`row ${i}`).digest().toString('latin1');
const many = Array.from({ length: 20_000 }, (_, i) => print(i));
const share = (weight: number, seed = 42): number =>
  many.filter((each) => timesFed(each, weight, seed) > Math.floor(weight)).length / many.length;

describe('a weight', () => {
  it('feeds its whole part, and once more for the share that its fraction names', () => {
    for (const weight of [1, 2, 7])
      expect(new Set(many.map((each) => timesFed(each, weight, 1)))).toEqual(new Set([weight]));
    for (const weight of [0.1, 0.5, 0.9, 2.25]) {
      expect(Math.abs(share(weight) - (weight % 1))).toBeLessThan(0.015);
      const times = many.reduce((sum, each) => sum + timesFed(each, weight, 42), 0);
      expect(Math.abs(times / many.length - weight)).toBeLessThan(0.015);
    }
  });

  it('keeps what a lower one draws, and draws others with another seed', () => {
    for (const row of many.slice(0, 2000))
      if (timesFed(row, 0.3, 42) === 1) expect(timesFed(row, 0.31, 42)).toBe(1);
    const both = many.filter((row) => timesFed(row, 0.5, 1) === 1 && timesFed(row, 0.5, 2) === 1);
    expect(Math.abs(both.length / many.length - 0.25)).toBeLessThan(0.015);
  });
});

const row = (word: string, i: number): string =>
  `{"instruction":"Name ${word} ${i}.","output":"${word} ${i}"}\n`;
const rows = (word: string, n: number): string => Array.from({ length: n }, (_, i) => row(word, i)).join('');
const draw = { seed: 42 };

describe('a scan with weights', () => {
  it('has every row in one place, and says how often it is fed', async () => {
    const sources: Source[] = [
      { text: rows('tree', 40), weight: 2 },
      { text: rows('bird', 40) },
      { text: rows('fish', 400), weight: 0.5 },
      { text: rows('stone', 400), weight: 1.5 },
    ];
    const { ledger, result, kept } = await scanText(sources, { draw });
    const of = (file: string) => ledger.filter((each) => each.file === file);
    expect(of('file-0').every(({ fate, times }) => fate === 'train' && times === 2)).toBe(true);
    expect(of('file-1').every(({ fate, times }) => fate === 'train' && times === undefined)).toBe(true);
    const left = of('file-2').filter(({ fate }) => fate === 'dropped');
    expect(left.every(({ code, fingerprint }) => code === notDrawn && fingerprint !== null)).toBe(true);
    expect(Math.abs(left.length - 200)).toBeLessThan(40);
    const twice = of('file-3').filter(({ times }) => times === 2);
    expect(Math.abs(twice.length - 200)).toBeLessThan(40);
    expect(
      of('file-3').every(({ fate, times = 1 }) => fate === 'train' && (times === 1 || times === 2)),
    ).toBe(true);
    expect(result.ledger).toEqual({
      rows_in: 880,
      kept: 880 - left.length,
      fixed: 0,
      dropped: { [notDrawn]: left.length },
    });
    expect(kept.map((each) => [each.row, each.times])).toEqual(
      ledger.filter(({ fate }) => fate === 'train').map((each) => [each.row, each.times]),
    );
  });

  it('does not move rows if rows are added in any order', async () => {
    const drawn = async (text: string) => {
      const { kept } = await scanText([{ text, weight: 0.5 }], { draw });
      return new Set(kept.map(({ fingerprint }) => fingerprint));
    };
    const before = await drawn(rows('fish', 100));
    const after = await drawn(
      `${row('whale', 1)}${rows('fish', 100).split('\n').reverse().join('\n').trim()}\n`,
    );
    for (const each of before) expect(after.has(each)).toBe(true);
    expect(after.size - before.size).toBeLessThanOrEqual(1);
  });

  it('holds rows out before it draws, and draws evenly from what is left', async () => {
    const split = { fraction: 0.4, seed: 42 };
    const plain = await scanText([{ text: rows('fish', 2000) }], { split });
    const { result, ledger } = await scanText([{ text: rows('fish', 2000), weight: 0.5 }], { split, draw });
    expect(result.validation).toEqual(plain.result.validation);
    expect(ledger.filter(({ fate, times }) => fate === 'validation' && times !== undefined)).toEqual([]);
    // The same hash for both would draw a sixth.
    expect(Math.abs(result.train.rows / plain.result.train.rows - 0.5)).toBeLessThan(0.05);
  });

  it('takes repeats by weight for no duplicates, and duplicates for no repeats', async () => {
    const twice: Source[] = [
      { text: rows('tree', 3), weight: 2 },
      { text: rows('tree', 4), weight: 3 },
    ];
    const { ledger, findings } = await scanText(twice, { draw });
    expect(ledger.map(({ fate, times, code }) => [fate, times, code])).toEqual([
      ...Array.from({ length: 3 }, () => ['train', 2, undefined]),
      ...Array.from({ length: 3 }, () => ['dropped', undefined, 'D050']),
      ['train', 3, undefined],
    ]);
    expect(findings.filter(({ code }) => code === 'D050')).toHaveLength(3);
  });

  it('counts for nothing where no draw is asked for', async () => {
    const { result } = await scanText([{ text: rows('tree', 5), weight: 0.1 }]);
    expect(result.ledger.kept).toBe(5);
  });
});

describe('sources with formats of their own', () => {
  const chat =
    '{"messages":[{"role":"user","content":"Name a tree 1."},{"role":"assistant","content":"tree 1"}]}\n';
  it('are read in them, and meet as canonical rows', async () => {
    const { result, ledger, kept } = await scanText([
      { text: 'q,a\nName tree 0.,tree 0\nName sky.,Blue.\n', format: { prompt: 'q', answer: 'a' } },
      { text: rows('tree', 2) },
      { text: chat },
    ]);
    expect(result.files.map(({ format }) => format)).toEqual(['custom', 'alpaca', 'chatml']);
    expect(ledger.map(({ fate, code }) => code ?? fate)).toEqual([
      'train',
      'train',
      'D050',
      'train',
      'train',
    ]);
    expect(kept[0]?.example.messages.map(({ content }) => content)).toEqual(['Name tree 0.', 'tree 0']);
  });

  it('are not rows with mixed keys', async () => {
    const csv = `q,a\n${Array.from({ length: 30 }, (_, i) => `Name sky ${i}.,Blue ${i}.\n`).join('')}`;
    const sources: Source[] = [
      { text: rows('tree', 300) },
      { text: csv, format: { prompt: 'q', answer: 'a' } },
    ];
    const { findings } = await scanText(sources);
    expect(findings.filter(({ code }) => code === 'D159')).toEqual([]);
    const renamed = rows('tree', 300) + rows('bird', 10).replaceAll('instruction', 'prompt');
    expect((await scanText(renamed)).findings.filter(({ code }) => code === 'D159')).toHaveLength(1);
  });
});
