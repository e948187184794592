// The real client against a small hub on this machine.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ResolvedModel, resolveModel } from '../../src/hub/resolve-model.ts';
import { countParameters } from '../../src/model/modules.ts';
import { compareTensors, summarizeTensors } from '../../src/model/tensors.ts';
import { type HubServer, safetensors, startHub } from '../fixtures/hub/hub-server.ts';

const commit = 'a'.repeat(40);
const older = 'b'.repeat(40);
const config = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  vocab_size: 3000,
};
const files = { 'config.json': Buffer.from(JSON.stringify(config)) };

/** Tensor shapes of the config above, split in two as shards are. */
function shards(): [Record<string, number[]>, Record<string, number[]>] {
  const first: Record<string, number[]> = { 'model.embed_tokens.weight': [3000, 64] };
  const second: Record<string, number[]> = { 'model.norm.weight': [64], 'lm_head.weight': [3000, 64] };
  for (const [i, part] of [first, second].entries()) {
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'o_proj']) {
      part[`model.layers.${i}.self_attn.${name}.weight`] = [64, 64];
    }
    part[`model.layers.${i}.mlp.gate_proj.weight`] = [160, 64];
    part[`model.layers.${i}.mlp.up_proj.weight`] = [160, 64];
    part[`model.layers.${i}.mlp.down_proj.weight`] = [64, 160];
    part[`model.layers.${i}.input_layernorm.weight`] = [64];
    part[`model.layers.${i}.post_attention_layernorm.weight`] = [64];
  }
  return [first, second];
}

function shardedFiles(): Record<string, Buffer> {
  const [first, second] = shards();
  const map = (names: object, file: string) => Object.keys(names).map((name) => [name, file]);
  const one = 'model-00001-of-00002.safetensors';
  const two = 'model-00002-of-00002.safetensors';
  const weight_map = Object.fromEntries([...map(first, one), ...map(second, two)]);
  return {
    ...files,
    'model.safetensors.index.json': Buffer.from(JSON.stringify({ metadata: {}, weight_map })),
    [one]: safetensors(first),
    [two]: safetensors(second),
  };
}

function singleFile(): Record<string, Buffer> {
  const [first, second] = shards();
  return { ...files, 'model.safetensors': safetensors({ ...first, ...second }) };
}

let dir: string;
let hub: HubServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-hub-'));
  hub = await startHub({
    'acme/single': { commit, branches: { v1: older }, files: singleFile() },
    'acme/sharded': { commit, files: shardedFiles() },
    'acme/no-weights': { commit, files },
    'acme/no-config': { commit, files: {} },
    'acme/gated': { commit, files: singleFile(), gated: true },
    bare: { commit, files: singleFile() },
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

function ask(
  model: string,
  more: { env?: Record<string, string>; revision?: string; withTensors?: boolean } = {},
) {
  const { env = {}, ...rest } = more;
  const base = { HOME: dir, HF_ENDPOINT: hub.url };
  return resolveModel({
    model,
    baseDir: dir,
    cacheDir: join(dir, 'cache'),
    env: { ...base, ...env },
    ...rest,
  });
}

function parametersOf(model: ResolvedModel): number {
  if (!model.reading.known) throw new Error(model.reading.reason);
  expect(compareTensors(model.reading.facts, model.tensors ?? {})).toEqual([]);
  return countParameters(model.reading.facts.modules);
}

describe('a hub model', () => {
  it.each(['acme/single', 'acme/sharded', 'bare'])(
    '%s gives its commit, config and tensor shapes',
    async (model) => {
      const found = await ask(model);
      expect(found).toMatchObject({ id: model, source: 'hub', path: null, revision: commit, config });
      expect(summarizeTensors(found.tensors ?? {}).parameters).toBe(parametersOf(found));
      // Headers only: the weights are 400 KB and more.
      expect(hub.bytesSent).toBeLessThan(20_000);
    },
  );

  it('is asked for once per commit; then one request tells that nothing changed', async () => {
    const first = await ask('acme/sharded');
    const asked = hub.requests.length;
    const second = await ask('acme/sharded');
    expect(hub.requests.slice(asked)).toEqual(['GET /api/models/acme/sharded/revision/HEAD']);
    expect(second).toEqual(first);
  });

  it('is not asked for shapes before they are needed', async () => {
    expect((await ask('acme/single', { withTensors: false })).tensors).toBeNull();
    expect(hub.requests.filter((request) => request.includes('safetensors'))).toEqual([]);
    expect((await ask('acme/single')).tensors).not.toBeNull();
  });

  it('is pinned to the commit behind a branch', async () => {
    expect((await ask('acme/single', { revision: 'v1' })).revision).toBe(older);
    const read = hub.requests.filter((request) => !request.includes('/api/'));
    expect(read.length).toBeGreaterThan(0);
    expect(read.every((request) => request.includes(`/${older}/`))).toBe(true);
  });

  it('without safetensors has no shapes', async () => {
    expect((await ask('acme/no-weights')).tensors).toBeNull();
  });

  it('without config.json is not a model', async () => {
    await expect(ask('acme/no-config')).rejects.toMatchObject({ code: 'M010' });
  });

  it('that does not exist is named, with what may be wrong', async () => {
    await expect(ask('acme/nothing')).rejects.toMatchObject({
      code: 'M011',
      exitCode: 2,
      message: expect.stringContaining('acme/nothing'),
      hint: expect.stringContaining('HF_TOKEN'),
    });
  });

  it('of an unknown revision names the revision', async () => {
    await expect(ask('acme/single', { revision: 'v9' })).rejects.toMatchObject({
      code: 'M013',
      message: expect.stringContaining('v9'),
    });
  });

  it('that is gated is explained, and opens with a token from the environment or the login', async () => {
    await expect(ask('acme/gated')).rejects.toMatchObject({ code: 'M012' });
    expect((await ask('acme/gated', { env: { HF_TOKEN: 'hf_allowed' } })).revision).toBe(commit);
    mkdirSync(join(dir, 'hf'));
    writeFileSync(join(dir, 'hf', 'token'), 'hf_allowed\n');
    rmSync(join(dir, 'cache'), { recursive: true });
    expect((await ask('acme/gated', { env: { HF_HOME: join(dir, 'hf') } })).revision).toBe(commit);
  });

  it('leaves no token in the cache or in errors', async () => {
    await ask('acme/gated', { env: { HF_TOKEN: 'hf_allowed' } });
    const kept = readdirSync(join(dir, 'cache'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.join()).not.toContain('hf_allowed');
    const error = await ask('acme/gated', { env: { HF_TOKEN: 'hf_secret_other' }, revision: 'main' }).catch(
      String,
    );
    expect(String(error)).not.toContain('hf_secret_other');
  });

  it('behind a hub that does not answer is an environment error', async () => {
    const env = { HF_ENDPOINT: 'http://127.0.0.1:9' };
    await expect(ask('acme/single', { env })).rejects.toMatchObject({ code: 'E040', exitCode: 3 });
  });

  it('offline comes from the Hugging Face cache, or says what is missing', async () => {
    const env = { HF_HUB_OFFLINE: '1', HF_HUB_CACHE: join(dir, 'hub') };
    await expect(ask('acme/single', { env })).rejects.toMatchObject({
      code: 'E041',
      exitCode: 3,
      message: expect.stringContaining('acme/single@main'),
    });
    const repository = join(dir, 'hub', 'models--acme--single');
    mkdirSync(join(repository, 'refs'), { recursive: true });
    mkdirSync(join(repository, 'snapshots', commit), { recursive: true });
    writeFileSync(join(repository, 'refs', 'main'), commit);
    for (const [name, content] of Object.entries(singleFile())) {
      writeFileSync(join(repository, 'snapshots', commit, name), content);
    }
    const found = await ask('acme/single', { env });
    expect(found).toMatchObject({ source: 'hub', revision: commit });
    expect(parametersOf(found)).toBe(summarizeTensors(found.tensors ?? {}).parameters);
    expect(hub.requests).toEqual([]);
  });
});

describe('a local model', () => {
  function writeFolder(name: string, content: Record<string, Buffer>): string {
    mkdirSync(join(dir, name), { recursive: true });
    for (const [file, bytes] of Object.entries(content)) writeFileSync(join(dir, name, file), bytes);
    return join(dir, name);
  }

  it.each([
    ['one file', singleFile],
    ['shards', shardedFiles],
  ])('of %s gives config and shapes without the hub', async (_, content) => {
    const path = writeFolder('models/tiny', content());
    const found = await ask('models/tiny');
    expect(found).toMatchObject({ source: 'folder', path, revision: null, config });
    expect(summarizeTensors(found.tensors ?? {}).parameters).toBe(parametersOf(found));
    expect(hub.requests).toEqual([]);
  });

  it('may be a lone config.json', async () => {
    const path = writeFolder('lone', files);
    expect(await ask('./lone/config.json')).toMatchObject({ source: 'config', path, tensors: null });
  });

  it('is found from the home folder too', async () => {
    writeFolder('mine', files);
    expect((await ask('~/mine')).path).toBe(join(dir, 'mine'));
  });

  it('that is written like a path and does not exist is not taken for a hub id', async () => {
    await expect(ask('./models/none')).rejects.toMatchObject({ code: 'M011' });
    await expect(ask('../none/none')).rejects.toMatchObject({ code: 'M011' });
    expect(hub.requests).toEqual([]);
  });

  it('that is an adapter says so', async () => {
    writeFolder('adapter', { 'adapter_config.json': Buffer.from('{}') });
    await expect(ask('./adapter')).rejects.toMatchObject({
      code: 'M010',
      message: expect.stringContaining('adapter'),
    });
  });

  it.each([
    ['cut in its header', (whole: Buffer) => whole.subarray(0, 40)],
    ['shorter than a length', (whole: Buffer) => whole.subarray(0, 5)],
    ['no safetensors at all', () => Buffer.from('<html>not found</html> and so on')],
  ])('with a weights file %s is refused', async (_, damage) => {
    const whole = singleFile()['model.safetensors'] ?? Buffer.alloc(0);
    writeFolder('damaged', { ...files, 'model.safetensors': damage(whole) });
    await expect(ask('./damaged')).rejects.toMatchObject({ code: 'M015' });
  });

  it('whose index points out of the folder is refused', async () => {
    const index = { weight_map: { 'lm_head.weight': '../../etc/passwd' } };
    writeFolder('escape', { ...files, 'model.safetensors.index.json': Buffer.from(JSON.stringify(index)) });
    await expect(ask('./escape')).rejects.toMatchObject({ code: 'M015' });
  });

  it('has no revisions', async () => {
    writeFolder('plain', files);
    await expect(ask('./plain', { revision: 'main' })).rejects.toMatchObject({ code: 'M013' });
  });
});
