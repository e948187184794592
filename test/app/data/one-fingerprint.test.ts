// One file has one fingerprint: every command leaves out the same rows, by the checks that are in force for it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertDataset } from '../../../src/app/data/convert-dataset.ts';
import { datasetStats } from '../../../src/app/data/dataset-stats.ts';
import { diffDatasets } from '../../../src/app/data/diff-datasets.ts';
import { dedupDataset } from '../../../src/app/data/near/dedup-dataset.ts';
import { sampleDataset } from '../../../src/app/data/sample-dataset.ts';
import { splitDataset } from '../../../src/app/data/split-dataset.ts';
import { traceLineage } from '../../../src/app/data/trace-lineage.ts';
import { openPopulation } from '../../../src/app/review/population.ts';
import { chooseDatasetChecks } from '../../../src/app/sources/dataset-checks.ts';
import { defaultNear } from '../../../src/dataset/duplicates/near-duplicates.ts';
import type { Lineage } from '../../../src/dataset/lineage.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lorch-fingerprint-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const path = (name: string): string => join(dir, name);
const row = (n: number, output = `The answer to question ${n} is a town by a river.`): string =>
  `${JSON.stringify({ instruction: `Question number ${n}?`, output })}\n`;
// A placeholder, a secret, no answer, and a repeat.
const rows = [
  row(1),
  row(2),
  row(3, 'TODO'),
  row(4, 'Use the key AKIAQ4T7XKPM2WVN3RHD for it, it opens the store.'),
  row(5, ''),
  row(6),
  row(1),
  row(7, 'n/a'),
].join('');

async function fingerprints(): Promise<Record<string, string | null | undefined>> {
  const madeBy = { command: 'data test', version: '0', atMs: 0 };
  const asked = {
    cwd: dir,
    env: {},
    format: 'auto',
    patterns: ['a.jsonl'],
    stdin: Readable.from([]),
    madeBy,
  };
  const sources = [{ path: path('a.jsonl'), label: 'a.jsonl' }];
  const { checks } = await chooseDatasetChecks({ cwd: dir, sources });
  const stats = await datasetStats(asked);
  const dedup = await dedupDataset({
    ...asked,
    near: defaultNear,
    validation: [],
    against: [],
    out: path('dedup.jsonl'),
  });
  const sample = await sampleDataset({ ...asked, count: 1000, stratify: null, out: path('sample.jsonl') });
  const split = await splitDataset({
    ...asked,
    fraction: 0.3,
    seed: 1,
    stratify: null,
    near: null,
    out: { train: path('t.jsonl'), validation: path('v.jsonl'), ledger: path('l.jsonl') },
    onError: 'drop',
    duplicates: 'drop',
  });
  await convertDataset({
    ...asked,
    patterns: ['dedup.jsonl'],
    to: 'chatml',
    out: path('chatml.jsonl'),
    write: () => undefined,
    onError: 'drop',
    allowLoss: false,
  });
  const diff = await diffDatasets({ ...asked, a: 'a.jsonl', b: 'dedup.jsonl', max: 10 });
  expect([diff.a.repeats, diff.b.repeats]).toEqual([1, 0]);
  const population = await openPopulation({ files: sources, format: 'auto', checks: checks.settings });
  expect(split.ledger.kept).toBe(population.index.rows);
  const sides = ['t.jsonl', 'v.jsonl'].map((name) => ({ path: path(name), label: name }));
  const beside = await chooseDatasetChecks({ cwd: dir, sources: sides });
  const parts = await openPopulation({ files: sides, format: 'auto', checks: beside.checks.settings });
  const recorded = async (name: string) =>
    (JSON.parse(await readFile(path(`${name}.lineage.json`), 'utf8')) as Lineage).fingerprint;
  return {
    stats: stats.fingerprint,
    dedup: dedup.written?.fingerprint,
    dedupRecord: await recorded('dedup.jsonl'),
    sample: sample.fingerprint,
    sampleRecord: await recorded('sample.jsonl'),
    split: parts.fingerprint,
    convert: await recorded('chatml.jsonl'),
    diff: diff.b.fingerprint,
    review: population.fingerprint,
  };
}

describe('A dataset', () => {
  it('has one fingerprint in all commands, though some rows have errors', async () => {
    await writeFile(path('a.jsonl'), rows);
    const found = await fingerprints();
    expect(new Set(Object.values(found)), JSON.stringify(found)).toEqual(new Set([found.stats]));
    expect(found.stats).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has one also where the settings beside it keep rows that others leave out', async () => {
    await writeFile(path('a.jsonl'), rows);
    const before = (await fingerprints()).stats;
    await rm(dir, { recursive: true });
    dir = await mkdtemp(join(tmpdir(), 'lorch-fingerprint-'));
    await writeFile(path('a.jsonl'), rows);
    await writeFile(path('a.jsonl.checks.yaml'), 'placeholder-answer: warning\nempty-answer: off\n');
    const found = await fingerprints();
    expect(found.stats).not.toBe(before);
    // The settings go with what is made of the file.
    expect(await readFile(path('dedup.jsonl.checks.yaml'), 'utf8')).toContain('placeholder-answer: warning');
    expect(new Set(Object.values(found)), JSON.stringify(found)).toEqual(new Set([found.stats]));
  });
});

describe('A deduplicated file', () => {
  it('says how many of its rows a run leaves out', async () => {
    await writeFile(path('a.jsonl'), rows);
    const { written } = await dedupDataset({
      cwd: dir,
      env: {},
      format: 'auto',
      patterns: ['a.jsonl'],
      stdin: Readable.from([]),
      near: { ...defaultNear, action: 'keep' },
      validation: [],
      against: [],
      out: path('b.jsonl'),
      madeBy: { command: 'data dedup', version: '0', atMs: 0 },
    });
    const stats = await datasetStats({
      cwd: dir,
      env: {},
      format: 'auto',
      patterns: ['b.jsonl'],
      stdin: Readable.from([]),
    });
    const { D050, ...errors } = stats.ledger.dropped;
    expect(written?.faulty).toEqual(errors);
    expect(D050).toBe(1);
    expect((await traceLineage(path('b.jsonl'), dir)).state).toBe('as_recorded');
  });
});

describe('A comparison', () => {
  it('refuses a file of which a part is missing, by the name of the damage', async () => {
    await writeFile(path('a.jsonl'), rows);
    const packed = gzipSync(rows.repeat(50));
    await writeFile(path('cut.jsonl.gz'), packed.subarray(0, packed.length - 40));
    const diff = diffDatasets({
      cwd: dir,
      env: {},
      format: 'auto',
      stdin: Readable.from([]),
      a: 'a.jsonl',
      b: 'cut.jsonl.gz',
      max: 10,
    });
    await expect(diff).rejects.toMatchObject({ code: 'D056', exitCode: 1 });
  });
});
