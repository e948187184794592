// Datasets of the hub: the real client against a small hub on this machine.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDatasetName } from '../../src/hub/dataset-name.ts';
import { pickFiles } from '../../src/hub/pick-files.ts';
import { resolveDataset } from '../../src/hub/resolve-dataset.ts';
import { type HubServer, startHub } from '../fixtures/hub/hub-server.ts';

const commit = 'a'.repeat(40);
const converted = 'c'.repeat(40);
const rows = (word: string) => Buffer.from(`{"instruction":"Name a ${word}.","output":"One."}\n`);

let dir: string;
let hub: HubServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-hub-'));
  hub = await startHub({
    'datasets/acme/single': {
      commit,
      branches: { 'v1.0': 'b'.repeat(40), 'refs/convert/parquet': converted },
      files: {
        'README.md': Buffer.from('x'),
        '.gitattributes': Buffer.from(''),
        'rows.jsonl.gz': rows('tree'),
      },
    },
    'datasets/acme/split': {
      commit,
      files: Object.fromEntries(
        [
          'test-00000-of-00001',
          'train-00000-of-00002',
          'train-00001-of-00002',
          'validation-00000-of-00001',
        ].map((name) => [`data/${name}.jsonl`, rows(name)]),
      ),
    },
    'datasets/acme/mixed': {
      commit,
      files: { 'easy.jsonl': rows('a'), 'hard.csv': rows('b'), 'notes.txt': rows('c') },
    },
    'datasets/acme/empty': { commit, files: { 'README.md': Buffer.from('x') } },
    'datasets/acme/gated': { commit, gated: true, files: { 'rows.jsonl': rows('key') } },
    'datasets/acme/busy': { commit, fails: 429, files: {} },
    'datasets/acme/ill': { commit, fails: 503, files: {} },
    'datasets/acme/breaks': { commit, breaksAfter: 10, files: { 'rows.jsonl': rows('cable') } },
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

async function ask(name: string, env: Record<string, string> = {}): Promise<[label: string, text: string][]> {
  const files = await resolveDataset(name, {
    env: { HOME: dir, HF_ENDPOINT: hub.url, ...env },
    cacheDir: join(dir, 'cache'),
  });
  return files.map(({ label, path }) => [label, readFileSync(path, 'utf8')]);
}

const failure = (name: string, env: Record<string, string> = {}) =>
  ask(name, env).then(
    () => null,
    (error: { code: string; exitCode: number; message: string; hint: string }) => ({
      code: error.code,
      exitCode: error.exitCode,
      message: error.message,
      hint: error.hint,
    }),
  );

describe('a dataset of the hub', () => {
  it('with one data file is that file, at a commit', async () => {
    expect(await ask('hf://datasets/acme/single')).toEqual([
      [`hf://datasets/acme/single@${commit}/rows.jsonl.gz`, rows('tree').toString()],
    ]);
  });

  it('with splits is its train split, all shards of it, also where the list has pages', async () => {
    expect((await ask('hf://datasets/acme/split')).map(([label]) => label)).toEqual([
      `hf://datasets/acme/split@${commit}/data/train-00000-of-00002.jsonl`,
      `hf://datasets/acme/split@${commit}/data/train-00001-of-00002.jsonl`,
    ]);
  });

  it('gives the files that a path or a pattern names', async () => {
    const labels = async (name: string) => (await ask(name)).map(([label]) => label.split('/').at(-1));
    expect(await labels('hf://datasets/acme/mixed/hard.csv')).toEqual(['hard.csv']);
    expect(await labels('hf://datasets/acme/split/data/test-*.jsonl')).toEqual(['test-00000-of-00001.jsonl']);
    expect(await labels('hf://datasets/acme/split/**/{test,validation}-*')).toEqual([
      'test-00000-of-00001.jsonl',
      'validation-00000-of-00001.jsonl',
    ]);
  });

  it('takes tags, branches with slashes and commits, and says the commit', async () => {
    const at = async (revision: string) =>
      /@([0-9a-f]{40})\//.exec((await ask(`hf://datasets/acme/single@${revision}`))[0]?.[0] ?? '')?.[1];
    expect(await at('v1.0')).toBe('b'.repeat(40));
    expect(await at('refs/convert/parquet')).toBe(converted);
    expect(await at(commit)).toBe(commit);
  });
});

describe('the cache', () => {
  it('is asked before the hub: one request tells that nothing changed', async () => {
    const first = await ask('hf://datasets/acme/split');
    const asked = hub.requests.length;
    expect(await ask('hf://datasets/acme/split')).toEqual(first);
    expect(hub.requests.slice(asked)).toEqual(['GET /api/datasets/acme/split/revision/HEAD']);
  });

  it('needs no request for a commit that was read before, and none offline', async () => {
    const first = await ask('hf://datasets/acme/split');
    await ask(`hf://datasets/acme/split@${commit}`);
    await hub.close();
    expect(await ask(`hf://datasets/acme/split@${commit}`)).toEqual(first);
    expect(await ask('hf://datasets/acme/split', { HF_HUB_OFFLINE: '1' })).toEqual(first);
  });

  it('says what is missing offline', async () => {
    const offline = { HF_HUB_OFFLINE: '1' };
    expect(await failure('hf://datasets/acme/split', offline)).toMatchObject({ code: 'E041', exitCode: 3 });
    await ask('hf://datasets/acme/mixed/easy.jsonl');
    expect(await failure('hf://datasets/acme/mixed/hard.csv', offline)).toMatchObject({
      code: 'E041',
      message: expect.stringContaining('hard.csv'),
    });
  });

  it('finds what hf download fetched', async () => {
    const repository = join(dir, '.cache/huggingface/hub/datasets--acme--single');
    mkdirSync(join(repository, 'refs'), { recursive: true });
    mkdirSync(join(repository, 'snapshots', commit), { recursive: true });
    writeFileSync(join(repository, 'refs/main'), commit);
    writeFileSync(join(repository, 'snapshots', commit, 'rows.jsonl.gz'), 'theirs');
    const offline = { HF_HUB_OFFLINE: '1' };
    expect(await ask('hf://datasets/acme/single/rows.jsonl.gz', offline)).toEqual([
      [`hf://datasets/acme/single@${commit}/rows.jsonl.gz`, 'theirs'],
    ]);
    expect((await ask('hf://datasets/acme/single'))[0]?.[1]).toBe('theirs');
  });

  it('keeps no half of a file whose download broke off', async () => {
    expect(await failure('hf://datasets/acme/breaks')).toMatchObject({ code: 'E040', exitCode: 3 });
    const left = readdirSync(join(dir, 'cache'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /rows\.jsonl/.test(name))).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('is told apart: missing, gated, revision, server, network', async () => {
    expect(await failure('hf://datasets/acme/nothing')).toMatchObject({
      code: 'D190',
      exitCode: 2,
      hint: expect.stringContaining('HF_TOKEN'),
    });
    expect(await failure('hf://datasets/acme/gated')).toMatchObject({
      code: 'D191',
      exitCode: 2,
      hint: expect.stringContaining(`${hub.url}/datasets/acme/gated`),
    });
    expect(await failure('hf://datasets/acme/single@v9')).toMatchObject({ code: 'D192', exitCode: 2 });
    expect(await failure('hf://datasets/acme/busy')).toMatchObject({
      code: 'E040',
      exitCode: 3,
      hint: expect.stringContaining('too many requests'),
    });
    expect(await failure('hf://datasets/acme/ill')).toMatchObject({ code: 'E040', exitCode: 3 });
    await hub.close();
    expect(await failure('hf://datasets/acme/single')).toMatchObject({
      code: 'E040',
      exitCode: 3,
      hint: expect.stringContaining('HF_HUB_OFFLINE=1'),
    });
  });

  it('opens gated datasets and is never shown', async () => {
    const refused = await failure('hf://datasets/acme/gated', { HF_TOKEN: 'hf_stranger' });
    expect(refused?.code).toBe('D191');
    expect(JSON.stringify(refused)).not.toContain('hf_stranger');
    expect(await ask('hf://datasets/acme/gated', { HF_TOKEN: 'hf_allowed' })).toHaveLength(1);
    writeFileSync(join(dir, 'token'), 'hf_allowed\n');
    rmSync(join(dir, 'cache'), { recursive: true });
    expect(await ask('hf://datasets/acme/gated', { HF_TOKEN_PATH: join(dir, 'token') })).toHaveLength(1);
  });

  it('lists the data files there are where none is the obvious one', async () => {
    expect(await failure('hf://datasets/acme/mixed')).toMatchObject({
      code: 'D193',
      exitCode: 2,
      hint: 'name one, or a pattern: easy.jsonl, hard.csv',
    });
    expect(await failure('hf://datasets/acme/mixed/esy.jsonl')).toMatchObject({
      code: 'D193',
      message: expect.stringContaining('has no file esy.jsonl'),
    });
    expect(await failure('hf://datasets/acme/empty')).toMatchObject({ code: 'D193' });
    expect(existsSync(join(dir, 'cache/datasets'))).toBe(true);
  });
});

describe('the name', () => {
  it.each([
    ['hf://datasets/a/b', 'a/b', null, null],
    ['hf://datasets/a/b/data/x.jsonl', 'a/b', null, 'data/x.jsonl'],
    ['hf://datasets/a/b@v1/x.jsonl', 'a/b', 'v1', 'x.jsonl'],
    ['hf://datasets/a/b@refs/pr/12/x.jsonl', 'a/b', 'refs/pr/12', 'x.jsonl'],
    ['hf://datasets/a/b@refs/convert/parquet', 'a/b', 'refs/convert/parquet', null],
    ['hf://datasets/a/b@my%2Fbranch/x.csv', 'a/b', 'my/branch', 'x.csv'],
    ['hf://datasets/a/b.c-d/x@y.jsonl', 'a/b.c-d', null, 'x@y.jsonl'],
  ])('%s is taken apart', (text, name, revision, path) => {
    expect(parseDatasetName(text)).toEqual({ name, revision, path });
  });

  it.each(['hf://a/b', 'hf://datasets/a', 'hf://datasets/a/b@', 'hf://datasets/../b', 'hf://datasets/a/..'])(
    '%s is refused',
    (text) => {
      expect(() => parseDatasetName(text)).toThrow(expect.objectContaining({ code: 'D194', exitCode: 2 }));
    },
  );
});

describe('the files of a repository without a path', () => {
  it.each([
    [['train.jsonl', 'test.jsonl'], ['train.jsonl']],
    [['data/train.parquet', 'data/dev.parquet'], ['data/train.parquet']],
    [['train/0.csv', 'test/0.csv'], ['train/0.csv']],
    [['my_train.json.zst', 'my_eval.json.zst'], ['my_train.json.zst']],
    [['rows.jsonl', 'dataset_infos.json', '.cache/x.json', 'tokenizer_config.json'], ['rows.jsonl']],
    [['trainer.jsonl', 'restrain.jsonl'], null],
    [['en/train.jsonl', 'de/train.jsonl'], null],
    [['train.jsonl', 'train.csv'], null],
    [['picture.png'], null],
  ])('%j', (files, picked) => {
    expect(pickFiles(files, null)).toEqual(picked);
  });
});
