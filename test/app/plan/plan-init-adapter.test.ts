// Finding, reading and checking an initial adapter: folders on the disk, runs on record, no Python.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlannedStart, planInitAdapter } from '../../../src/app/plan/plan-init-adapter.ts';
import { resolveBase } from '../../../src/app/plan/resolve-base.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { UserError } from '../../../src/diagnostics/user-error.ts';
import { safetensors } from '../../fixtures/hub/hub-server.ts';
import { makeWorkspace, type TestWorkspace } from '../../supervise/workspace.ts';

const config = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  vocab_size: 300,
};
const lora = {
  peft_type: 'LORA',
  task_type: 'CAUSAL_LM',
  base_model_name_or_path: 'models/base',
  r: 4,
  lora_alpha: 32,
  target_modules: ['q_proj', 'v_proj'],
};

/** Shapes of the adapter above. */
function shapes(hidden = 64, layers = 2, r = 4): Record<string, number[]> {
  const tensors: Record<string, number[]> = {};
  for (let layer = 0; layer < layers; layer += 1)
    for (const name of ['q_proj', 'v_proj']) {
      const module = `base_model.model.model.layers.${layer}.self_attn.${name}`;
      tensors[`${module}.lora_A.weight`] = [r, hidden];
      tensors[`${module}.lora_B.weight`] = [hidden, r];
    }
  return tensors;
}

let root: string;
let workspace: TestWorkspace;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lorch-init-'));
  // Its programs are never started: what is needed is a store with a queued run.
  workspace = await makeWorkspace('ok');
  folder('models/base', { 'config.json': JSON.stringify(config) });
  folder('models/tied', { 'config.json': JSON.stringify({ ...config, tie_word_embeddings: true }) });
});
afterAll(async () => {
  await workspace.close();
  rmSync(root, { recursive: true, force: true });
});

function folder(name: string, files: Record<string, string | Buffer>): string {
  mkdirSync(join(root, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(root, name, file), content);
  return name;
}

function adapter(name: string, settings: object = {}, tensors = shapes()): string {
  return folder(name, {
    'adapter_config.json': JSON.stringify({ ...lora, ...settings }),
    'adapter_model.safetensors': safetensors(tensors),
  });
}

async function plan(init: string, sections = ''): Promise<PlannedStart> {
  const text = `name: a\nbase_model: models/base\ninit_adapter: ${init}\ndataset: { train: rows.jsonl }\n${sections}`;
  const { configs } = await loadConfig('-', { cwd: root, env: {}, stdin: async () => Buffer.from(text) });
  const [loaded] = configs;
  if (!loaded) throw new Error('no config');
  const request = {
    workspace: {
      root,
      runsDir: workspace.runsDir,
      cacheDir: join(root, '.cache'),
      store: workspace.store,
    },
    env: { HOME: root, HF_HUB_OFFLINE: '1' },
    python: async () => {
      throw new Error('no Python is needed');
    },
  };
  const base = await resolveBase(loaded.config, request);
  const start = await planInitAdapter(request, loaded, base);
  if (!start) throw new Error('no init_adapter');
  return start;
}

async function refusal(init: string, sections = ''): Promise<UserError> {
  const error = await plan(init, sections).catch((caught: unknown) => caught);
  if (!(error instanceof UserError)) throw error instanceof Error ? error : new Error('it was accepted');
  return error;
}

describe('an adapter in a folder', () => {
  it('is named in the plan with its hashes, and its settings are taken over', async () => {
    const {
      planned,
      config: run,
      findings,
      files,
    } = await plan(adapter('good'), 'lora: { lora_dropout: 0.1 }\n');
    expect(planned).toMatchObject({
      from: 'good',
      mode: 'continue',
      source: 'folder',
      run: null,
      path: join(root, 'good'),
      base_model: 'models/base',
      r: 4,
    });
    expect(Object.values(planned.files).map(({ sha256 }) => sha256)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(run.lora).toMatchObject({ r: 4, lora_alpha: 32, lora_dropout: 0.1 });
    expect(findings).toEqual([]);
    // Its owner may write it again: a link would change with it.
    expect(files.immutable).toBe(false);
  });

  it('keeps its settings to itself where it is fused', async () => {
    const start = await plan(`{ from: ${adapter('good')}, mode: fuse }`, 'lora: { r: 2 }\n');
    expect(start.config.lora).toMatchObject({ r: 2, target_modules: 'all-linear' });
    expect(start.planned.mode).toBe('fuse');
  });

  it('agrees with targets that match the same layers, and with no others', async () => {
    const name = adapter('good');
    const same = 'lora: { target_modules: ".*self_attn\\\\.[qv]_proj" }\n';
    expect((await plan(name, same)).config.lora.target_modules).toContain('[qv]_proj');
    const { code, findings } = await refusal(name, 'lora: { target_modules: all-linear }\n');
    expect(code).toBe('C001');
    expect(findings.map((each) => [each.code, each.at?.line, each.at?.column])).toEqual([['C017', 5, 9]]);
  });

  it('must have been trained on this base: sizes, layers and names of modules are compared', async () => {
    const cases: [string, string][] = [
      [adapter('wide', {}, shapes(128)), 'q_proj is 64 × 64 in this base'],
      [adapter('deep', {}, shapes(64, 3)), 'layers.2.self_attn.q_proj, which this base does not have'],
      [adapter('shallow', {}, shapes(64, 1)), 'has no weights for that module'],
      [adapter('ranked', {}, shapes(64, 2, 8)), 'its settings give 512'],
      [adapter('foreign', { target_modules: ['c_attn'] }, {}), 'M001'],
    ];
    for (const [name, reason] of cases) {
      const { code, message } = await refusal(name);
      expect([code, message]).toEqual(['P053', expect.stringContaining(reason)]);
    }
  });

  it('is only warned of where names differ', async () => {
    const start = await plan(adapter('renamed', { base_model_name_or_path: 'org/same-model' }));
    expect(start.findings).toMatchObject([{ code: 'P054', severity: 'warning' }]);
    expect(start.findings[0]?.message).toContain('org/same-model');
    const silent = await plan(adapter('nameless', { base_model_name_or_path: null, use_future: 1 }));
    expect(silent.findings.map(({ code }) => code)).toEqual(['P054', 'P055']);
  });

  it('is refused where lorch cannot go on from it', async () => {
    const cases: [string, string, string][] = [
      [adapter('loha', { peft_type: 'LOHA' }), 'P052', 'LOHA'],
      [adapter('imports', { megatron_config: { a: 1 }, megatron_core: 'os' }), 'P052', 'megatron_config'],
      [adapter('odd', { r: 'many' }), 'M040', ''],
      [adapter('negative', { r: -4 }), 'P052', 'r:'],
      [folder('pickled', { 'adapter_config.json': '{}', 'adapter_model.bin': 'cos' }), 'P052', 'pickled'],
      [folder('bare', {}), 'P052', 'adapter_config.json'],
      [
        folder('huge', {
          'adapter_config.json': ' '.repeat(1024 * 1024 + 1),
          'adapter_model.safetensors': safetensors({}),
        }),
        'P052',
        'bytes',
      ],
      [
        folder('cut', {
          'adapter_config.json': JSON.stringify(lora),
          'adapter_model.safetensors': safetensors(shapes()).subarray(0, -1),
        }),
        'M015',
        'its header says',
      ],
      [adapter('fused', { lorch_init_adapter: { mode: 'fuse' } }), 'P053', 'fused'],
      ['./nowhere', 'P050', 'no run, folder or hub adapter'],
      ['owner/name@main', 'E041', 'init_adapter'],
    ];
    for (const [name, code, reason] of cases) {
      const error = await refusal(name);
      expect([name, error.code, error.message]).toEqual([name, code, expect.stringContaining(reason)]);
    }
  });

  it('is not read where its weights are a folder or a broken link', async () => {
    folder('odd-files', { 'adapter_config.json': JSON.stringify(lora) });
    symlinkSync('nothing', join(root, 'odd-files/adapter_model.safetensors'));
    expect((await refusal('odd-files')).code).toBe('P052');
    folder('nested', { 'adapter_config.json': JSON.stringify(lora) });
    mkdirSync(join(root, 'nested/adapter_model.safetensors'));
    expect((await refusal('nested')).message).toContain('is not a file');
  });

  it('cannot be fused where the base has no place for it', async () => {
    const biased = shapes();
    for (const name of Object.keys(biased).filter((each) => each.endsWith('lora_B.weight')))
      biased[name.replace('weight', 'bias')] = [64];
    const withBias = adapter('biased', { lora_bias: true }, biased);
    expect((await plan(withBias)).config.lora.lora_bias).toBe(true);
    expect(await refusal(`{ from: ${withBias}, mode: fuse }`)).toMatchObject({ code: 'P056' });
  });
});

describe('an adapter of a run', () => {
  it('is refused until the run has succeeded, by name, by id and by folder', async () => {
    const id = await workspace.addRun('unfinished');
    for (const from of ['unfinished', id, join(workspace.runsDir, id)]) {
      const { code, message, hint } = await refusal(from);
      expect([code, message]).toEqual(['P051', expect.stringContaining('queued')]);
      expect(hint).toContain(`lorch resume ${id}`);
    }
  });

  it('is not taken for a folder of the same name', async () => {
    await workspace.addRun('twice');
    adapter('twice');
    expect(await refusal('twice')).toMatchObject({
      code: 'P050',
      message: expect.stringContaining('a folder and the name of a run'),
    });
    expect((await plan('./twice')).planned.source).toBe('folder');
  });
});
