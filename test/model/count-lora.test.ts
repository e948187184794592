// Against PEFT itself: test/fixtures/model/record_peft_counts.py recorded what it makes of each model and setting.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { UserError } from '../../src/diagnostics/user-error.ts';
import { countLora, type LoraCount } from '../../src/model/count-lora.ts';
import { uncountable } from '../../src/model/lora-settings.ts';
import { countParameters, type ModelFacts } from '../../src/model/modules.ts';
import { readModelConfig } from '../../src/model/read-config.ts';

interface Setting {
  name: string;
  lora: Record<string, unknown>;
  models: string[];
}

const folder = new URL('../fixtures/model/', import.meta.url);
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
const configs = read<Record<string, Record<string, unknown>>>('configs.json');
const settings = read<Setting[]>('settings.json');
const recorded =
  read<Record<string, Record<string, { trainable: number; total: number }>>>('peft-counts.json');

function factsOf(model: string, changes: Record<string, unknown> = {}): ModelFacts {
  const reading = readModelConfig({ ...configs[model], ...changes });
  if (!reading.known) throw new Error(reading.reason);
  return reading.facts;
}

function sumOf(count: LoraCount): number {
  return count.modules.reduce((sum, module) => sum + module.trainable, 0);
}

describe('countLora agrees with PEFT, trainable and total', () => {
  for (const [model, config] of Object.entries(configs)) {
    it(`for ${model}`, () => {
      const facts = factsOf(model);
      const asked = settings.filter((setting) => setting.models.includes(model));
      const ours = Object.fromEntries(
        asked.map(({ name, lora }) => {
          const { trainable, total } = countLora(facts, lora);
          return [name, { trainable, total }];
        }),
      );
      expect(asked.length).toBeGreaterThan(5);
      expect(config.model_type).toBe(facts.modelType);
      expect(ours).toEqual(recorded[model]);
    });
  }

  it('and names every trained module, so that the parts add up to the whole', () => {
    for (const { lora, models } of settings) {
      for (const model of models) {
        const count = countLora(factsOf(model), lora);
        expect(sumOf(count)).toBe(count.trainable);
      }
    }
  });
});

const qkvo = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
const mlp = ['gate_proj', 'up_proj', 'down_proj'];

describe('countLora agrees with published counts', () => {
  it.each([
    ['Llama-3.1-8B', { r: 16, target_modules: qkvo }, 13_631_488, 8_043_892_736],
    ['Llama-2-7B', { r: 8, target_modules: ['q_proj', 'v_proj'] }, 4_194_304, 6_742_609_920],
    ['Qwen2.5-3B', { r: 16, target_modules: ['q_proj', 'v_proj'] }, 3_686_400, 3_089_625_088],
    ['Llama-3.2-1B', { r: 8, target_modules: ['q_proj'] }, 524_288, 1_236_338_688],
    ['opt-350m', { r: 16, target_modules: ['q_proj', 'v_proj'] }, 1_572_864, 332_769_280],
    ['Llama-3.2-3B', { r: 32, target_modules: ['q_proj', 'v_proj'] }, 9_175_040, 3_221_924_864],
    [
      'Llama-3.2-3B',
      { r: 32, target_modules: ['q_proj', 'v_proj'], use_dora: true },
      9_289_728,
      3_222_039_552,
    ],
    ['Llama-3.2-3B', { r: 10, target_modules: mlp }, 9_461_760, 3_222_211_584],
    ['Qwen3-14B', { r: 32, target_modules: [...qkvo, ...mlp] }, 128_450_560, 14_896_757_760],
  ])('%s %o', (model, lora, trainable, total) => {
    expect(countLora(factsOf(model), lora)).toMatchObject({ trainable, total });
  });

  it('including the resized vocabulary that a known tutorial must have had', () => {
    const resized = factsOf('Llama-3.1-8B', { vocab_size: 128_384 });
    expect(countLora(resized, { r: 16, target_modules: qkvo }).total).toBe(8_044_941_312);
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
    [{ target_modules: ['q_proj'], trainable_token_indices: { q_norm: [1] } }],
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

describe('uncountable', () => {
  it('names what shapes alone cannot tell', () => {
    expect(uncountable({ r: 8, init_lora_weights: 'eva' })).toContain('eva');
    expect(uncountable({ target_parameters: ['experts.gate_up_proj'] })).toContain('target_parameters');
    expect(
      uncountable({ r: 8, target_parameters: null, layer_replication: [], use_qalora: false }),
    ).toBeNull();
  });
});

describe('readModelConfig', () => {
  it('counts a tied head once', () => {
    expect(countParameters(factsOf('Llama-3.2-1B').modules)).toBe(1_235_814_400);
  });

  it('guesses nothing about a model it has no tables for', () => {
    expect(readModelConfig({ model_type: 'mixtral', architectures: ['MixtralForCausalLM'] })).toMatchObject({
      known: false,
      architecture: 'MixtralForCausalLM',
      modelType: 'mixtral',
    });
    const remote = { ...configs['Llama-2-7B'], auto_map: { AutoModelForCausalLM: 'modeling.Mine' } };
    expect(readModelConfig(remote)).toMatchObject({ known: false });
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
