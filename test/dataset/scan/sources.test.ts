import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { expandSources } from '../../../src/dataset/scan/sources.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-sources-'));
mkdirSync(join(dir, 'data/more'), { recursive: true });
for (const name of ['train.jsonl', 'extra.jsonl', 'more/deep.jsonl', 'odd[1].json', 'notes.txt'])
  writeFileSync(join(dir, 'data', name), '');
afterAll(() => rmSync(dir, { recursive: true }));

const labels = async (...patterns: string[]) =>
  (await expandSources(dir, patterns)).map(({ label }) => label);

it('takes files as typed, each once, and globs in order', async () => {
  expect(await labels('data/train.jsonl', 'data/*.jsonl')).toEqual(['data/train.jsonl', 'data/extra.jsonl']);
  expect(await labels('data/**/*.{jsonl,json}')).toEqual([
    'data/extra.jsonl',
    'data/more/deep.jsonl',
    'data/odd[1].json',
    'data/train.jsonl',
  ]);
  expect(await labels('data/odd[1].json')).toEqual(['data/odd[1].json']);
  expect(await labels('-')).toEqual(['<stdin>']);
});

it('takes what lorch keeps beside a dataset for no dataset, unless it is named alone', async () => {
  mkdirSync(join(dir, 'kept'));
  const names = ['a.jsonl', 'a.jsonl.review.jsonl', 'a.jsonl.ledger.jsonl', 'my.review.jsonl'];
  for (const name of names) writeFileSync(join(dir, 'kept', name), '');
  const datasets = ['kept/a.jsonl', 'kept/my.review.jsonl'];
  expect(await labels('kept/*.jsonl')).toEqual(datasets);
  expect(await labels(...names.map((name) => `kept/${name}`))).toEqual(datasets);
  expect(await labels('kept/a.jsonl.review.jsonl')).toEqual(['kept/a.jsonl.review.jsonl']);
});

it.each([
  ['data/trian.jsonl', 'did you mean data/train.jsonl?'],
  ['data/zzzzzzzz.parquet', 'there are extra.jsonl, notes.txt, odd[1].json, train.jsonl'],
  ['dat/train.jsonl', 'does not exist either'],
  ['data', 'data/*.jsonl'],
  ['data/*.csv', 'looked from'],
])('says what it looked for: %s', async (pattern, hint) => {
  await expect(expandSources(dir, [pattern])).rejects.toMatchObject({
    code: 'D090',
    exitCode: 2,
    hint: expect.stringContaining(hint),
  });
});
