// Commits, revisions and file names that come from outside never become a path outside of the cache.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize, resolve, sep, win32 } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitOf, isInnerPath, isRevision } from '../../src/hub/identifiers.ts';
import { resolveAdapter } from '../../src/hub/resolve-adapter.ts';
import { resolveDataset } from '../../src/hub/resolve-dataset.ts';
import { resolveModel } from '../../src/hub/resolve-model.ts';
import { type HubRepository, type HubServer, startHub } from '../fixtures/hub/hub-server.ts';

const commit = 'a'.repeat(40);
const climbing = '../../../../../../outside';
const badPaths = [
  ...['', '.', '..', '../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/./b', 'a/', '\\\\server\\share', '..\\x'],
  ...['C:\\x', 'c:x', 'a\0b', 'a\nb', 'a\u001b[2Jb', '\ud800', 'x'.repeat(300), 'a/'.repeat(600), '\u0085'],
];

let dir: string;
let hub: HubServer | undefined;
let env: Record<string, string>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-identifiers-'));
});
afterEach(async () => {
  await hub?.close();
  hub = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function serve(repository: HubRepository): Promise<void> {
  hub = await startHub({ 'acme/it': repository, 'datasets/acme/it': repository });
  env = { HOME: join(dir, 'home'), HF_ENDPOINT: hub.url };
}

const cacheDir = () => join(dir, 'home', 'deep', 'cache');
const readings = (): Record<string, () => Promise<unknown>> => ({
  dataset: () => resolveDataset('hf://datasets/acme/it', { env, cacheDir: cacheDir() }),
  model: () => resolveModel({ model: 'acme/it', baseDir: dir, env, cacheDir: cacheDir() }),
  adapter: () => resolveAdapter('acme/it', null, { env, cacheDir: cacheDir() }),
});

/** Everything that was written, relative to the test's folder. */
const written = () => readdirSync(dir, { recursive: true, encoding: 'utf8' });

describe('an answer of the hub', () => {
  const shas = [climbing, '/tmp/outside', 'main', 'A'.repeat(40), `${commit}/..`, `${commit}\n`, '', 'a\0b'];
  for (const sha of shas)
    it(`whose commit is ${JSON.stringify(sha)} is refused before anything is written`, async () => {
      await serve({
        commit: sha,
        files: { 'config.json': Buffer.from('{}'), 'rows.jsonl': Buffer.from('{}') },
      });
      for (const [kind, read] of Object.entries(readings()))
        await expect(read(), kind).rejects.toMatchObject({ code: 'E040', exitCode: 3 });
      expect(written()).toEqual([]);
    });

  it('whose file names lead outside has no such files', async () => {
    const files = Object.fromEntries(badPaths.map((path) => [path || ' /', Buffer.from('{}')]));
    await serve({ commit, files: { ...files, [`${climbing}.jsonl`]: Buffer.from('{}') } });
    await expect(readings().dataset?.()).rejects.toMatchObject({ code: 'D193' });
    await expect(readings().model?.()).rejects.toMatchObject({ code: 'M010' });
    expect(existsSync(join(dir, 'outside.jsonl'))).toBe(false);
  });
});

describe('a cache', () => {
  it('that was tampered with leads nowhere', async () => {
    await serve({
      commit,
      files: { 'config.json': Buffer.from('{}'), 'rows.jsonl': Buffer.from('{"a":1}') },
    });
    writeFileSync(join(dir, 'outside'), '{"secret":1}');
    env = { ...env, HF_HUB_OFFLINE: '1' };
    const shared = join(dir, 'home', '.cache', 'huggingface', 'hub');
    for (const name of ['models--acme--it', 'datasets--acme--it']) {
      mkdirSync(join(shared, name, 'refs'), { recursive: true });
      writeFileSync(join(shared, name, 'refs', 'main'), climbing);
    }
    for (const read of Object.values(readings()))
      await expect(read()).rejects.toMatchObject({ code: 'E041' });
  });

  it('gives no file of this machine for a name with steps up', async () => {
    await serve({ commit, files: { 'rows.jsonl': Buffer.from('{"a":1}') } });
    const ask = (name: string, more = {}) =>
      resolveDataset(name, { env: { ...env, ...more }, cacheDir: cacheDir() });
    await ask('hf://datasets/acme/it');
    writeFileSync(join(dir, 'local.jsonl'), '{"secret":1}');
    const up = '../'.repeat(9) + join(dir, 'local.jsonl').slice(1);
    for (const name of [
      `@main/${up}`,
      `/${up}`,
      `@${commit}/${up}`,
      '@..%2F..%2Fx',
      '@../x',
      '@-x/rows.jsonl',
    ])
      for (const offline of [{}, { HF_HUB_OFFLINE: '1' }])
        await expect(ask(`hf://datasets/acme/it${name}`, offline), name).rejects.toMatchObject({
          code: 'D194',
        });
  });
});

describe('the grammars', () => {
  it('refuse what leads outside, here or on Windows', () => {
    for (const path of badPaths) expect(isInnerPath(path), JSON.stringify(path)).toBe(false);
    for (const path of badPaths) expect(isRevision(path), JSON.stringify(path)).toBe(false);
    for (const revision of ['a..b', 'a b', '-x', 'a@{1}', 'a:b', 'a~1', 'a^', 'x'.repeat(201)])
      expect(isRevision(revision), revision).toBe(false);
    for (const text of [null, 1, 'main', climbing, 'A'.repeat(40)]) expect(commitOf(text)).toBeNull();
  });

  it('take what repositories have', () => {
    const paths = [
      'data/train-00000-of-00002.parquet',
      '.gitattributes',
      'a b/Ünïcode 数据.jsonl',
      'x..y',
      '...',
    ];
    for (const path of paths) expect(isInnerPath(path), path).toBe(true);
    const revisions = [
      'main',
      'v1.0',
      'refs/convert/parquet',
      'refs/pr/12',
      'feature/x_y-z',
      'Zweig-ä',
      commit,
    ];
    for (const revision of revisions) expect(isRevision(revision), revision).toBe(true);
    expect(commitOf(`${commit}\n`)).toBe(commit);
  });

  it('never let a joined path leave its folder', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(' ', '/')),
        (path) => {
          if (!isInnerPath(path)) return;
          expect(resolve('/base', path).startsWith(`/base${sep}`)).toBe(true);
          expect(win32.resolve('C:\\base', path).startsWith('C:\\base\\')).toBe(true);
          expect(normalize(path)).toBe(path);
        },
      ),
    );
  });
});
