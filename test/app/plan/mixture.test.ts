// The sources of a config: which files are whose, what is written of their rows, and how the plan accounts for them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishLedger } from '../../../src/app/plan/finish-ledger.ts';
import { rangeOf, rangesOf } from '../../../src/app/plan/plan-sources.ts';
import { scanConfig } from '../../../src/app/plan/scan-config.ts';
import { emptySources, refuseUndrawn } from '../../../src/app/plan/source-findings.ts';
import { findConfigSources } from '../../../src/app/sources/config-sources.ts';
import { datasetSection } from '../../../src/config/schema/dataset.ts';
import type { PlannedSource } from '../../../src/run/plan.ts';

const root = mkdtempSync(join(tmpdir(), 'lorch-mixture-'));
const rows = (word: string, n: number): string =>
  Array.from({ length: n }, (_, i) => `{"instruction":"Name ${word} ${i}.","output":"${word} ${i}"}\n`).join(
    '',
  );
let scans = 0;

beforeAll(() => {
  for (const [name, n] of [
    ['a', 30],
    ['b', 20],
    ['c', 10],
  ] as const)
    writeFileSync(join(root, `${name}.jsonl`), rows(name, n));
  writeFileSync(join(root, 'held.csv'), 'q,a\nName a fish.,Cod.\n');
});
afterAll(() => rmSync(root, { recursive: true }));

const find = (section: object) =>
  findConfigSources(datasetSection.parse(section), { cwd: root, env: {}, cacheDir: join(root, 'cache') });
const scan = async (section: object) => {
  const scope = { root, cacheDir: join(root, 'cache'), checks: null, env: {}, onProgress: () => undefined };
  scans += 1;
  return await scanConfig(scope, datasetSection.parse(section), join(root, `scan-${scans}`));
};
const lines = (path: string | undefined): Record<string, unknown>[] =>
  readFileSync(path ?? '', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('sources of a config', () => {
  it('own their files: a pattern gives all of them its settings', async () => {
    const sources = await find({
      train: [{ path: '{a,b}.jsonl', weight: 2, limit: 5 }, 'c.jsonl'],
      validation: [{ path: 'held.csv', format: { prompt: 'q', answer: 'a' }, template: 'chatml' }],
    });
    expect(
      sources.map(({ setting, files, weight, limit }) => [
        setting,
        files.map(({ label }) => label),
        weight,
        limit,
      ]),
    ).toEqual([
      ['dataset.train.0', ['a.jsonl', 'b.jsonl'], 2, 5],
      ['dataset.train.1', ['c.jsonl'], 1, null],
      ['dataset.validation.0', ['held.csv'], 1, null],
    ]);
  });

  it('may name a file twice if they say the same of it, and are refused otherwise', async () => {
    const [all, one] = await find({ train: ['*.jsonl', 'c.jsonl'] });
    expect(all?.files).toHaveLength(3);
    expect(one).toBeUndefined();
    for (const settings of [{ weight: 2 }, { limit: 1 }, { format: 'alpaca' }, { template: 'chatml' }])
      await expect(find({ train: ['*.jsonl', { path: 'c.jsonl', ...settings }] })).rejects.toMatchObject({
        code: 'D209',
        message: expect.stringContaining('dataset.train.0 and dataset.train.1 both name c.jsonl'),
      });
  });
});

describe('rows of a mixture', () => {
  it('are written with what differs from the usual: template and repeats', async () => {
    const { examples, entries, result } = await scan({
      train: [
        { path: 'a.jsonl', weight: 2, template: 'alpaca' },
        { path: 'b.jsonl', template: 'chatml' },
        { path: 'c.jsonl', weight: 0.5 },
      ],
      validation: [{ path: 'held.csv', format: { prompt: 'q', answer: 'a' } }],
      template: 'chatml',
    });
    const train = lines(examples.train);
    const kinds = train.map(({ row, template, times }) => [Number(row), template, times]);
    expect(kinds.slice(0, 50)).toEqual([
      ...Array.from({ length: 30 }, (_, i) => [1 + i, 'alpaca', 2]),
      ...Array.from({ length: 20 }, (_, i) => [31 + i, undefined, undefined]),
    ]);
    expect(kinds.slice(50).every(([row]) => Number(row) >= 51)).toBe(true);
    expect(lines(examples.validation)).toEqual([
      expect.not.objectContaining({ template: expect.anything() }),
    ]);
    const ranges = rangesOf(entries, result.files);
    expect(ranges).toEqual([
      { setting: 'dataset.validation.0', first: 0, rows: 1 },
      { setting: 'dataset.train.0', first: 1, rows: 30 },
      { setting: 'dataset.train.1', first: 31, rows: 20 },
      { setting: 'dataset.train.2', first: 51, rows: 10 },
    ]);
    expect([0, 1, 30, 31, 60].map((row) => rangeOf(ranges, row))).toEqual([0, 1, 1, 2, 3]);
  });

  it('are accounted for by source, those that the tokenisation drops too', async () => {
    const { ledger, entries, result } = await scan({ train: [{ path: 'a.jsonl', weight: 3 }, 'b.jsonl'] });
    const ranges = rangesOf(entries, result.files);
    const finished = await finishLedger(
      ledger,
      join(root, 'ledger.gz'),
      new Map([[4, 'T008']]),
      new Set(),
      ranges,
    );
    expect(finished.sources).toEqual([
      { train: 29, validation: 0, dropped: { T008: 1 }, fed: 87 },
      { train: 20, validation: 0, dropped: {}, fed: 20 },
    ]);
    expect(finished.train).toMatchObject({ rows: 49, fed: 107 });
  });

  it('are divided first and weighed then: near-duplicates and strata know no weights', async () => {
    const section = (weight: number) => ({
      train: [{ path: 'a.jsonl', weight }, 'b.jsonl', 'c.jsonl'],
      validation: { fraction: 0.3, stratify: 'source' },
      duplicates: { near: { threshold: 0.95, action: 'keep' } },
    });
    const [one, half] = [await scan(section(1)), await scan(section(0.5))];
    expect(half.result.validation).toEqual(one.result.validation);
    const of = (path: string) => lines(path).map(({ row, fate }) => [row, fate]);
    const held = (all: unknown[][]) => all.filter(([, fate]) => fate === 'validation');
    expect(held(of(half.ledger))).toEqual(held(of(one.ledger)));
    expect(half.result.ledger.dropped.D208).toBeGreaterThan(3);
  });

  it('that cannot be read name their source and its setting', async () => {
    writeFileSync(join(root, 'odd.jsonl'), '{"headline":"Open","body":"Yes."}\n');
    const refused = await scan({ train: ['a.jsonl', 'odd.jsonl'] }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'P002',
      hint: '`lorch data check odd.jsonl` shows them all',
      findings: [
        {
          code: 'D015',
          at: { file: 'odd.jsonl' },
          hint: expect.stringContaining('in this config: dataset.train.1.format'),
        },
      ],
    });
  });
});

describe('a source that trains nothing', () => {
  const source = (changes: Partial<PlannedSource>): PlannedSource => ({
    setting: 'dataset.train.0',
    role: 'train',
    path: 'few.jsonl',
    files: ['few.jsonl'],
    first_row: 0,
    format: 'alpaca',
    template: 'auto',
    weight: 0.01,
    rows_in: 4,
    train: 0,
    validation: 1,
    dropped: { D208: 3 },
    fed: { rows: 0, tokens: 0, trained_tokens: 0 },
    ...changes,
  });
  it('is an error where its weight is to blame, and a warning else', () => {
    expect(() => refuseUndrawn([source({})])).toThrow(
      expect.objectContaining({ code: 'P011', message: 'weight 0.01 feeds none of the 3 rows of few.jsonl' }),
    );
    const repeats = source({ dropped: { D050: 3 } });
    expect(() => refuseUndrawn([repeats, source({ train: 1 })])).not.toThrow();
    expect(emptySources([repeats, source({ role: 'validation' }), source({ train: 1 })])).toMatchObject([
      { code: 'P012', message: expect.stringContaining('4 rows = 1 validation + D050 × 3') },
    ]);
  });
});
