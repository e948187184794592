// Adapters of the hub through the real client, against a small hub on this machine.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAdapterName, resolveAdapter } from '../../src/hub/resolve-adapter.ts';
import { type HubServer, safetensors, startHub } from '../fixtures/hub/hub-server.ts';

const commit = 'a'.repeat(40);
const weights = safetensors({ 'base_model.model.q.lora_A.weight': [4, 64] });
const files = {
  'adapter_config.json': Buffer.from('{"r":4}'),
  'adapter_model.safetensors': weights,
  'adapter_model.bin': Buffer.from('a pickle'),
  'tokenizer.json': Buffer.from('{}'),
};
const { 'adapter_model.safetensors': _safe, ...pickled } = files;

let dir: string;
let hub: HubServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-hub-'));
  hub = await startHub({
    'acme/adapter': { commit, branches: { v1: commit }, files },
    'acme/pickled': { commit, files: pickled },
    'acme/broken': { commit, files, breaksAfter: 100 },
    'acme/strange': { commit: '../../evil', files },
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

function ask(name: string, revision: string | null = null, env: Record<string, string> = {}) {
  return resolveAdapter(name, revision, {
    env: { HOME: dir, HF_ENDPOINT: hub.url, ...env },
    cacheDir: join(dir, 'cache'),
  });
}

describe('an adapter on the hub', () => {
  it('is fetched once: its two files, at the commit, and nothing else', async () => {
    const found = await ask('acme/adapter', 'v1');
    expect(found).toMatchObject({ name: 'acme/adapter', commit });
    expect(readdirSync(found.dir).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    expect(readFileSync(join(found.dir, 'adapter_model.safetensors'))).toEqual(weights);
    const before = hub.requests.length;
    expect((await ask('acme/adapter', 'v1')).dir).toBe(found.dir);
    expect(hub.requests.slice(before).every((request) => request.includes('/api/'))).toBe(true);
    const offline = { HF_HUB_OFFLINE: '1' };
    for (const revision of ['v1', commit])
      expect((await ask('acme/adapter', revision, offline)).dir).toBe(found.dir);
    await expect(ask('acme/adapter', null, offline)).rejects.toMatchObject({ code: 'E041' });
  });

  it("is found in Hugging Face's own cache", async () => {
    const snapshot = join(dir, '.cache/huggingface/hub/models--acme--adapter/snapshots', commit);
    mkdirSync(snapshot, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(snapshot, name), content);
    expect((await ask('acme/adapter')).dir).toBe(snapshot);
  });

  it('is refused with the reason if it is missing, pickled, or its commit is not a commit', async () => {
    await expect(ask('acme/none')).rejects.toMatchObject({ code: 'M011' });
    await expect(ask('acme/adapter', 'v9')).rejects.toMatchObject({ code: 'M013' });
    await expect(ask('acme/pickled')).rejects.toMatchObject({
      code: 'P052',
      message: expect.stringContaining('pickled'),
    });
    await expect(ask('acme/strange')).rejects.toMatchObject({ code: 'E040' });
  });

  it('is there whole or not at all', async () => {
    await expect(ask('acme/broken')).rejects.toMatchObject({ code: 'E040' });
    const left = readdirSync(join(dir, 'cache'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => name.includes('adapter_model'))).toEqual([]);
  });
});

describe('a name of an adapter', () => {
  it.each([
    ['user/name', { name: 'user/name', revision: null }],
    ['user/name@v1.0', { name: 'user/name', revision: 'v1.0' }],
    ['user/name@refs/pr/3', { name: 'user/name', revision: 'refs/pr/3' }],
    ['name', null],
    ['user/../name', null],
    ['user/name@../x', null],
    ['user/name/file', null],
    ['user/na me', null],
  ])('%s', (text, value) => {
    expect(parseAdapterName(text)).toEqual(value);
  });
});
