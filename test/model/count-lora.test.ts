// Against PEFT itself: test/fixtures/model/record_peft_counts.py recorded what it makes of each model and setting.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/diagnostics/user-error.ts';
import { countLora, type LoraCount } from '../../src/model/count-lora.ts';
import { uncountable } from '../../src/model/lora-settings.ts';
import { countParameters, type ModelFacts } from '../../src/model/modules.ts';
import { readModelConfig } from '../../src/model/read-config.ts';

interface Setting {
  name: string;
  lora: Record<string, unknown>;
  models: 'all' | string[];
}

/** `modules` is a digest of each module's count, as record_peft_counts.py makes it. */
type Recorded = { trainable: number; total: number; modules: string } | { refused: string };

const folder = new URL('../fixtures/model/', import.meta.url);
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
const configs = read<Record<string, Record<string, unknown>>>('configs.json');
const settings = read<Setting[]>('settings.json');
const recorded = read<Record<string, Record<string, Recorded>>>('peft-counts.json');

function factsOf(model: string, changes: Record<string, unknown> = {}): ModelFacts {
  const reading = readModelConfig({ ...configs[model], ...changes });
  if (!reading.known) throw new Error(reading.reason);
  return reading.facts;
}

function settingsOf(model: string): Setting[] {
  return settings.filter(({ models }) => models === 'all' || models.includes(model));
}

/** What lorch makes of a setting: the counts, or that it refuses with an error of its own. */
function countOrRefuse(facts: ModelFacts, lora: Record<string, unknown>): LoraCount | 'refused' {
  try {
    return countLora(facts, lora);
  } catch (error) {
    if (error instanceof UserError && /^M0\d\d$/.test(error.code)) return 'refused';
    throw error;
  }
}

function summarize({ trainable, total, modules }: LoraCount): Recorded {
  const lines = modules.map((module) => `${module.name} ${module.trainable}\n`).sort();
  return {
    trainable,
    total,
    modules: createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16),
  };
}

describe('countLora agrees with PEFT, module by module and in total, and refuses what PEFT refuses', () => {
  it('for at least 20 architectures and 12 settings, each recorded', () => {
    expect(Object.keys(recorded)).toEqual(Object.keys(configs));
    expect(Object.keys(configs).length).toBeGreaterThanOrEqual(35);
    for (const model of Object.keys(configs)) {
      expect(Object.keys(recorded[model] ?? {})).toEqual(settingsOf(model).map(({ name }) => name));
      expect(settingsOf(model).length).toBeGreaterThanOrEqual(12);
    }
  });

  for (const [model, config] of Object.entries(configs)) {
    it(`for ${model}`, () => {
      const facts = factsOf(model);
      const ours = settingsOf(model).map(({ name, lora }) => {
        const count = countOrRefuse(facts, lora);
        return [name, count === 'refused' ? count : summarize(count)];
      });
      const theirs = Object.entries(recorded[model] ?? {}).map(([name, count]) => [
        name,
        'refused' in count ? 'refused' : count,
      ]);
      expect(config.model_type).toBe(facts.modelType);
      expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
    });
  }

  it('and a rank that is one higher agrees nowhere: the comparison can fail', () => {
    let compared = 0;
    for (const model of Object.keys(configs)) {
      const facts = factsOf(model);
      for (const { name, lora } of settingsOf(model)) {
        const theirs = recorded[model]?.[name];
        if (theirs === undefined || 'refused' in theirs) continue;
        const other = summarize(countLora(facts, { ...lora, r: Number(lora.r) + 1 }));
        expect([model, name, other]).not.toEqual([model, name, theirs]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(700);
  });

  it('and the parts add up to the whole', () => {
    for (const model of Object.keys(configs)) {
      const facts = factsOf(model);
      for (const { lora } of settingsOf(model)) {
        const count = countOrRefuse(facts, lora);
        if (count === 'refused') continue;
        expect(count.modules.reduce((sum, module) => sum + module.trainable, 0)).toBe(count.trainable);
      }
    }
  });
});

function failureOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    return error as UserError;
  }
  throw new Error('nothing was thrown');
}

describe('countLora refuses what PEFT would pass over in silence or reject', () => {
  const llama = factsOf('Llama-3.2-1B');
  const gpt = factsOf('gpt2');

  it('a target that matches nothing, with the nearest name', () => {
    const error = failureOf(() => countLora(llama, { target_modules: ['q_proj', 'v_porj'] }));
    expect(error).toMatchObject({ code: 'M001', exitCode: 2 });
    expect(error.message).toContain('"v_porj"');
    expect(error.hint).toContain('v_proj');
  });

  it('all targets that match nothing at once', () => {
    const error = failureOf(() => countLora(gpt, { target_modules: ['q_proj', 'v_proj', 'c_attn'] }));
    expect(error.findings.map((finding) => finding.data?.target)).toEqual(['q_proj', 'v_proj']);
    expect(error.findings[0]?.hint).toMatch(/c_proj/);
  });

  it('an expression that matches nothing', () => {
    expect(failureOf(() => countLora(llama, { target_modules: 'q_proj|v_proj' }))).toMatchObject({
      code: 'M001',
    });
  });

  it('a saved module that matches nothing', () => {
    const lora = { target_modules: ['c_attn'], modules_to_save: ['embed_tokens'] };
    expect(failureOf(() => countLora(gpt, lora))).toMatchObject({ code: 'M002' });
  });

  it('a block as a target, naming what is inside', () => {
    const error = failureOf(() => countLora(llama, { target_modules: ['mlp'] }));
    expect(error).toMatchObject({ code: 'M003' });
    expect(error.hint).toContain('gate_proj, up_proj, down_proj');
  });

  it('a norm as a target', () => {
    expect(failureOf(() => countLora(llama, { target_modules: ['input_layernorm'] })).code).toBe('M003');
  });

  it('an expression that is none', () => {
    expect(failureOf(() => countLora(llama, { target_modules: '(q_proj' })).code).toBe('M004');
  });

  it.each([
    [{ target_modules: 'all-linear', layers_to_transform: [0] }],
    [{ target_modules: ['q_proj'], layers_pattern: 'layers' }],
    [{ target_modules: ['q_proj'], use_dora: true, lora_bias: true }],
    [{ target_modules: ['embed_tokens'], lora_bias: true }],
    [{ target_modules: ['q_proj'], trainable_token_indices: { q_proj: [1] } }],
    [{ target_modules: ['q_proj'], r: 0 }],
  ])('the combination %o', (lora) => {
    expect(failureOf(() => countLora(llama, lora)).code).toBe('M005');
  });

  it('settings that leave nothing to adapt', () => {
    const lora = { target_modules: ['q_proj'], exclude_modules: ['q_proj'] };
    expect(failureOf(() => countLora(llama, lora)).code).toBe('M006');
  });

  it('a layer that the model does not have', () => {
    const lora = { target_modules: ['q_proj'], layers_to_transform: [15, 16] };
    const error = failureOf(() => countLora(llama, lora));
    expect(error.code).toBe('M008');
    expect(error.message).toContain('16; the model has 0 to 15');
  });

  it('names of parameters that match nothing, with the nearest of this model', () => {
    const mixtral = factsOf('Mixtral-8x7B');
    const lora = { target_modules: ['q_proj'], target_parameters: ['experts.gate_up_porj', 'down_proj'] };
    const error = failureOf(() => countLora(mixtral, lora));
    expect(error).toMatchObject({ code: 'M018', exitCode: 2 });
    expect(error.message).toContain('"experts.gate_up_porj"');
    expect(error.hint).toContain('experts.gate_up_proj');
  });

  it('keys of trainable_token_indices that match nothing, each with the nearest embedding', () => {
    const lora = { target_modules: ['c_attn'], trainable_token_indices: { embed_tokens: [1], wtf: [2] } };
    const error = failureOf(() => countLora(gpt, lora));
    expect(error.code).toBe('M019');
    expect(error.findings.map(({ data, hint }) => [data?.module, hint])).toEqual([
      ['embed_tokens', expect.stringContaining('wte')],
      ['wtf', expect.stringContaining('wte')],
    ]);
  });

  it('every saved module that matches nothing, each with the nearest name', () => {
    const lora = { target_modules: ['q_proj'], modules_to_save: ['lm_haed', 'norm', 'embed_token5'] };
    const error = failureOf(() => countLora(llama, lora));
    expect(error.findings.map(({ code, data, hint }) => [code, data?.module, hint])).toEqual([
      ['M002', 'lm_haed', expect.stringContaining('lm_head')],
      ['M002', 'embed_token5', expect.stringContaining('embed_tokens')],
    ]);
  });

  it('an expert named as a layer, telling where to name it', () => {
    const error = failureOf(() => countLora(factsOf('gpt-oss-20b'), { target_modules: ['gate_up_proj'] }));
    expect(error.code).toBe('M001');
    expect(error.hint).toContain('target_parameters');
  });

  it('one half of what the experts hold fused, naming the other', () => {
    const lora = { target_modules: ['q_proj', 'w1', 'w2'] };
    const error = failureOf(() => countLora(factsOf('Mixtral-8x7B'), lora));
    expect([error.code, error.hint]).toEqual(['M005', expect.stringContaining('w3')]);
  });

  it('dropout where experts would be adapted, naming the parameter', () => {
    const lora = { target_modules: 'all-linear', lora_dropout: 0.05 };
    const error = failureOf(() => countLora(factsOf('Qwen3-30B-A3B'), lora));
    expect(error.code).toBe('M005');
    expect(error.message).toContain('model.layers.0.mlp');
    expect(error.hint).toContain('lora_dropout: 0');
  });

  it('a block saved beside a module inside it', () => {
    const lora = { target_modules: ['q_proj'], modules_to_save: ['mlp', 'down_proj'] };
    expect(failureOf(() => countLora(llama, lora)).code).toBe('M005');
  });

  it('a token that the embedding has no row for', () => {
    const lora = { target_modules: ['q_proj'], trainable_token_indices: [128_256] };
    const error = failureOf(() => countLora(llama, lora));
    expect(error.code).toBe('M005');
    expect(error.message).toContain('128256');
  });

  it('experts that all-linear leaves out, as a warning that says how to adapt them', () => {
    const lora = { target_modules: 'all-linear' };
    const [finding, ...rest] = countLora(factsOf('gpt-oss-20b'), lora).findings;
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ code: 'M020', severity: 'warning' });
    expect(finding?.hint).toContain('experts.gate_up_proj, experts.down_proj');
    expect(countLora(factsOf('Qwen3-30B-A3B'), lora).findings).toEqual([]);
  });

  it('layers that only images reach, as a warning whose hint leaves them out', () => {
    const gemma = factsOf('gemma-3-4b');
    const lora = { target_modules: 'all-linear' };
    const [finding] = countLora(gemma, lora).findings;
    expect(finding).toMatchObject({ code: 'M022', severity: 'warning' });
    const excluded = /exclude_modules: '(.*)'$/.exec(finding?.hint ?? '')?.[1];
    const left = countLora(gemma, { ...lora, exclude_modules: excluded });
    expect(left.findings).toEqual([]);
    expect(left.modules.every(({ name }) => name.startsWith('model.language_model.'))).toBe(true);
  });

  it('settings without effect, as warnings', () => {
    const lora = {
      target_modules: ['q_proj'],
      rank_pattern: { q_proj: 4, k_proj: 2 },
      alpha_pattern: { v_proj: 1 },
      exclude_modules: ['down_proj'],
    };
    const { findings } = countLora(llama, lora);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['M009', 'warning'],
      ['M007', 'warning'],
      ['M007', 'warning'],
    ]);
  });
});

describe('the output head', () => {
  const of = (model: string, lora: Record<string, unknown>) =>
    countLora(factsOf(model), { target_modules: ['q_proj'], ...lora }).head;

  it('is reported if an adapter would be put around it, which TRL never trains', () => {
    expect(of('Llama-2-7B', { target_modules: ['q_proj', 'lm_head'] })).toBe('adapter');
    expect(of('Llama-2-7B', { target_parameters: ['lm_head.weight'] })).toBe('adapter');
    const tied = { target_modules: ['embed_tokens'], ensure_weight_tying: true };
    expect(of('Llama-3.2-1B', tied)).toBe('adapter');
  });

  it('is reported if single rows of it would train beside a bias, which PEFT ignores', () => {
    const facts = factsOf('Llama-2-7B');
    const modules = facts.modules.map((module) =>
      module.name === 'lm_head' ? { ...module, bias: true } : module,
    );
    const lora = { target_modules: ['q_proj'], trainable_token_indices: { lm_head: [1] } };
    expect(countLora({ ...facts, modules }, lora).head).toBe('rows');
  });

  it('is left alone otherwise', () => {
    expect(of('Llama-2-7B', { trainable_token_indices: [1] })).toBeNull();
    expect(of('Llama-3.2-1B', { trainable_token_indices: [1] })).toBeNull();
    expect(of('Llama-2-7B', { trainable_token_indices: { lm_head: [1] } })).toBeNull();
    expect(of('Llama-3.2-1B', { modules_to_save: ['lm_head'], target_modules: 'all-linear' })).toBeNull();
  });
});

describe('uncountable', () => {
  it('names what shapes alone cannot tell', () => {
    expect(uncountable({ r: 8, init_lora_weights: 'eva' })).toContain('eva');
    expect(uncountable({ r: 8, init_lora_weights: 'eva', eva_config: { rho: 1 } })).toBeNull();
    expect(uncountable({ layer_replication: [[0, 2]] })).toContain('layer_replication');
    expect(
      uncountable({
        r: 8,
        target_parameters: ['experts.gate_up_proj'],
        layer_replication: [],
        use_qalora: false,
      }),
    ).toBeNull();
  });
});

describe('readModelConfig', () => {
  it('counts a tied head once', () => {
    expect(countParameters(factsOf('Llama-3.2-1B').modules)).toBe(1_235_814_400);
  });

  it('guesses nothing about a model it has no tables for', () => {
    expect(readModelConfig({ model_type: 'mamba', architectures: ['MambaForCausalLM'] })).toMatchObject({
      known: false,
      architecture: 'MambaForCausalLM',
      modelType: 'mamba',
    });
    const remote = { ...configs['Llama-2-7B'], auto_map: { AutoModelForCausalLM: 'modeling.Mine' } };
    expect(readModelConfig(remote, { trustRemoteCode: true })).toMatchObject({ known: false });
    expect(readModelConfig(remote)).toMatchObject({ known: true });
    const packed = { ...configs['Llama-2-7B'], quantization_config: { quant_method: 'gptq', bits: 4 } };
    expect(readModelConfig(packed)).toMatchObject({ known: false, reason: expect.stringContaining('gptq') });
  });

  it.each([
    [{}],
    [[]],
    ['text'],
    [{ model_type: 'llama', hidden_size: 'wide' }],
    [{ model_type: 'llama', num_hidden_layers: -1 }],
  ])('refuses %o', (config) => {
    expect(failureOf(() => readModelConfig(config)).code).toBe('M010');
  });
});
