// What prepared sequences are kept by, beside their input: another rule, template text or library is another version.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { hashRules, readCacheVersion } from '../../../src/app/tokens/cache-version.ts';
import { type PrepareRequest, prepareSequences } from '../../../src/app/tokens/prepare-sequences.ts';
import { findPython } from '../../../src/python/find-python.ts';
import { inspectPython } from '../../../src/python/inspect.ts';
import { readInstalledVersions } from '../../../src/python/installed-versions.ts';
import { isolatedArgs } from '../../../src/python/isolated.ts';
import { runTrainer } from '../../../src/python/run-trainer.ts';
import { findTrainerDir } from '../../../src/python/trainer-dir.ts';

const python = process.env.LORCH_PYTHON;
if (!python) process.stderr.write('skipped: what `prepare` says of itself needs LORCH_PYTHON\n');

const dir = mkdtempSync(join(tmpdir(), 'lorch-version-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let copies = 0;
const copyTrainer = (): string => {
  const to = join(dir, `trainer-${copies++}`);
  cpSync(findTrainerDir(), to, { recursive: true, filter: (path) => !path.endsWith('__pycache__') });
  return to;
};

describe('the rules', () => {
  it('have one hash for the same files, and another if a template, a label rule or a message differs', async () => {
    const usual = await hashRules(join(findTrainerDir(), 'lorch_trainer'));
    const hashAfter = async (name: string, text: string) => {
      const copy = join(copyTrainer(), 'lorch_trainer');
      await appendFile(join(copy, name), text);
      return await hashRules(copy);
    };
    expect(await hashAfter('templates/chatml.jinja', '')).toBe(usual);
    expect(await hashAfter('methods/sft.py', '# trains what is prepared\n')).toBe(usual);
    const others = await Promise.all([
      hashAfter('templates/chatml.jinja', ' '),
      hashAfter('templates/alpaca.jinja', ' '),
      hashAfter('tokens/labels.py', '# another rule\n'),
      hashAfter('tokens/one_more.py', ''),
      hashAfter('commands/prepare.py', '\n'),
      hashAfter('codes.json', '\n'),
      hashAfter('methods/__init__.py', '\n'),
    ]);
    expect(new Set([usual, ...others]).size).toBe(8);
  });
});

describe('the libraries of a virtual environment', () => {
  const environment = (name: string, folders: Record<string, string>, cfg = true): string => {
    const site = join(dir, name, 'lib/python3.12/site-packages');
    for (const [folder, version] of Object.entries(folders)) {
      mkdirSync(join(site, folder), { recursive: true });
      writeFileSync(join(site, folder, 'METADATA'), `Metadata-Version: 2.4\nVersion: ${version}\n\nText\n`);
    }
    if (cfg) writeFileSync(join(dir, name, 'pyvenv.cfg'), 'version = 3.12.1\n');
    return join(dir, name, 'bin/python');
  };

  it('are read without starting Python, by their metadata', () => {
    const path = environment('two', { 'Jinja2-3.1.6.dist-info': '3.1.6', 'b_c-1.0rc1.dist-info': '1.0-rc1' });
    expect(readInstalledVersions(path, ['jinja2', 'b-c'])).toEqual({
      python: '3.12',
      packages: { jinja2: '3.1.6', 'b-c': '1.0-rc1' },
    });
  });

  it('are not known if a package is missing or there twice, or outside a virtual environment', () => {
    const one = { 'jinja2-3.1.6.dist-info': '3.1.6' };
    expect(readInstalledVersions(environment('one', one), ['jinja2', 'tokenizers'])).toBeNull();
    const twice = environment('twice', { ...one, 'jinja2-3.1.7.dist-info': '3.1.7' });
    expect(readInstalledVersions(twice, ['jinja2'])).toBeNull();
    expect(readInstalledVersions(environment('plain', one, false), ['jinja2'])).toBeNull();
  });

  it('and the rules make the version', async () => {
    const all = (tokenizers: string) => ({
      'jinja2-3.1.6.dist-info': '3.1.6',
      'tokenizers-0.23.dist-info': tokenizers,
      'transformers-5.24.0.dist-info': '5.24.0',
    });
    const version = (executable: string) =>
      readCacheVersion({ executable, trainerDir: findTrainerDir(), env: {} });
    const before = await version(environment('before', all('0.23.3')));
    expect(await version(environment('same', all('0.23.3')))).toEqual(before);
    expect(await version(environment('after', all('0.23.4')))).not.toEqual(before);
  });
});

describe.skipIf(!python)('prepared sequences', () => {
  const env = { PATH: process.env.PATH, HOME: dir, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' };
  const found = () => findPython({ env, explicit: python ?? '' });

  it('have the version that Python itself says, whether it is read from folders or asked for', async () => {
    const { executable, trainerDir, env: isolated } = await found();
    const code =
      'import json; from lorch_trainer.tokens.cache_version import cache_version; print(json.dumps(cache_version()))';
    const said = await execa(executable, isolatedArgs(trainerDir, process.pid, ['-c', code]), {
      env: isolated,
      extendEnv: false,
    });
    const own = JSON.parse(said.stdout) as { packages: Record<string, string> };
    expect(await readCacheVersion({ executable, trainerDir, env })).toEqual(own);
    expect((await inspectPython(executable, Object.keys(own.packages), env)).packages).toEqual(own.packages);
  });

  it('are found again without Python while nothing changes, and made again by another rule or library', async () => {
    const model = join(dir, 'tiny');
    await runTrainer(await found(), 'tiny', {
      out: model,
      vocab_size: 384,
      hidden_size: 32,
      layers: 1,
      seed: 1,
      chat_template: true,
    });
    const rows = join(dir, 'rows.jsonl');
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Good day' },
    ];
    writeFileSync(rows, `${JSON.stringify({ row: 0, messages })}\n`);
    let started = 0;
    const trainerDir = copyTrainer();
    const env = { ...(await found()), trainerDir };
    const prepare = async (change: Partial<PrepareRequest> = {}) => {
      return await prepareSequences({
        spec: {
          method: 'sft',
          model: { id: 'tiny', path: model, revision: null, trust_remote_code: false },
          template: { kind: 'chatml', source: null },
          train_on: 'answers',
          max_length: null,
          date: '2026-01-31',
          truncate: 'right',
          splits: { train: rows },
        },
        contents: { train: 'the same rows' },
        tokenizer: 'the same tokenizer',
        cacheDir: join(dir, 'cache'),
        cacheVersion: () => readCacheVersion(env),
        python: () => {
          started++;
          return Promise.resolve(env);
        },
        ...change,
      });
    };
    // What it makes is kept by what Python says of itself, not by what was expected of it.
    const expected = { rules: 'unknown', python: '3.9', packages: {} };
    const first = await prepare({ cacheVersion: () => Promise.resolve(expected) });
    expect([first.cached, started]).toEqual([false, 1]);
    const again = await prepare();
    expect([again.cached, again.key, started]).toEqual([true, first.key, 1]);
    await appendFile(join(trainerDir, 'lorch_trainer/templates/chatml.jinja'), '{# another text #}');
    const renewed = await prepare();
    expect([renewed.cached, started]).toEqual([false, 2]);
    expect(renewed.key).not.toBe(first.key);
  }, 600_000);
});
