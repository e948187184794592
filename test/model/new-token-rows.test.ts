// New tokens counted from shapes, against the trainer's own count with PEFT on the meta device.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askPeft, compareCounts } from '../../src/app/forecast/peft-count.ts';
import { planTokens } from '../../src/app/plan/plan-tokens.ts';
import { UserError } from '../../src/diagnostics/user-error.ts';
import { countLora } from '../../src/model/count-lora.ts';
import { estimateMemory } from '../../src/model/memory.ts';
import { rowsNeeded, trainNewRows } from '../../src/model/new-token-rows.ts';
import { readModelConfig } from '../../src/model/read-config.ts';
import { findPython } from '../../src/python/find-python.ts';

const python = process.env.LORCH_PYTHON;
const path = new URL('../fixtures/model/configs.json', import.meta.url);
const configs = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
const adapter = { r: 16, target_modules: ['q_proj', 'v_proj'] };

function factsOf(model: string) {
  const reading = readModelConfig(configs[model]);
  if (!reading.known) throw new Error(reading.reason);
  return reading.facts;
}

/** What a plan makes of two tokens with these ids. */
function planned(model: string, ids: number[], multiple: number | null, lora: Record<string, unknown>) {
  const new_tokens = ids.map((id) => ({
    token: `<${id}>`,
    id,
    special: false,
    known: false,
    pieces: [1, 2],
    rows: 1,
  }));
  const tokenizer = {
    add_tokens: new_tokens.map(({ token }) => token),
    add_special_tokens: [],
    init: 'mean' as const,
    pad_to_multiple_of: multiple,
  };
  return planTokens({ tokenizer, lora }, readModelConfig(configs[model]), { new_tokens });
}

function counted(model: string, ids: number[], multiple: number | null, lora: Record<string, unknown>) {
  const plan = planned(model, ids, multiple, lora);
  if (!plan.reading.known) throw new Error('unknown');
  return { ...plan, count: countLora(plan.reading.facts, plan.lora) };
}

describe('rows', () => {
  it.each<[number, number[], number | null, number]>([
    [32_000, [32_000, 32_001], null, 32_002],
    [32_000, [32_000, 32_001], 64, 32_064],
    [32_000, [32_063], 64, 32_064],
    [32_000, [32_064], 64, 32_128],
    // Spare rows suffice, whatever multiple is asked for.
    [151_936, [151_665, 151_666], null, 151_936],
    [151_936, [151_935], 100, 151_936],
    [151_936, [151_936], null, 151_937],
  ])('%i with ids %j and multiple %s are %i', (before, ids, multiple, after) =>
    expect(rowsNeeded(before, ids, multiple)).toBe(after),
  );

  it('count in full where they are new, and as n · hidden where they train', () => {
    const base = countLora(factsOf('Llama-2-7B'), adapter);
    const { count, tokenizer } = counted('Llama-2-7B', [32_000, 32_001], 64, adapter);
    expect(tokenizer?.embedding).toEqual({ before: 32_000, after: 32_064 });
    expect(count.trainable - base.trainable).toBe(2 * 2 * 4096);
    expect(count.total - base.total).toBe(2 * 64 * 4096 + 2 * 2 * 4096);
    expect(count.head).toBeNull();
  });

  it('explain the published total of Llama 3.1 8B: one token, padded to a multiple of 128, in both matrices', () => {
    const { count } = counted('Llama-3.1-8B', [128_256], 128, {
      ...adapter,
      target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
    });
    expect(count.total - 2 * 4096).toBe(8_044_941_312);
  });

  it('of a tied head train with the embedding, once', () => {
    const base = countLora(factsOf('Llama-3.2-1B'), adapter);
    const { count, lora } = counted('Llama-3.2-1B', [128_256], null, adapter);
    expect(lora.trainable_token_indices).toEqual({ 'model.embed_tokens': [128_256] });
    expect([count.trainable - base.trainable, count.total - base.total]).toEqual([2048, 2 * 2048]);
  });

  it('are left to modules_to_save where it trains the matrix whole', () => {
    const rows = (model: string, lora: Record<string, unknown>) =>
      trainNewRows(factsOf(model), lora, [7]).trainable_token_indices;
    expect(rows('Llama-2-7B', { modules_to_save: ['embed_tokens', 'lm_head'] })).toBeNull();
    expect(rows('Llama-2-7B', { modules_to_save: ['lm_head'] })).toEqual({ 'model.embed_tokens': [7] });
    expect(rows('Llama-3.2-1B', { modules_to_save: ['embed_tokens'] })).toEqual({ lm_head: [7] });
    const tying = { modules_to_save: ['embed_tokens'], ensure_weight_tying: true };
    expect(rows('Llama-3.2-1B', tying)).toBeNull();
    expect(() => rows('Llama-3.2-1B', { modules_to_save: ['lm_head'] })).toThrow(UserError);
  });

  it("join the user's own indices", () => {
    const rows = (given: unknown) =>
      trainNewRows(factsOf('Llama-2-7B'), { trainable_token_indices: given }, [7, 8]).trainable_token_indices;
    expect(rows([3, 7])).toEqual({ 'model.embed_tokens': [3, 7, 8], lm_head: [7, 8] });
    expect(rows({ embed_tokens: [3] })).toEqual({ embed_tokens: [3, 7, 8], lm_head: [7, 8] });
  });

  it('take a copy of the head, and its gradient in fp32', () => {
    const settings = {
      dtype: 'bfloat16',
      quantization: null,
      training: { per_device_train_batch_size: 1 },
      sequenceTokens: 512,
      device: 'cuda' as const,
    };
    const before = estimateMemory(factsOf('Llama-2-7B'), countLora(factsOf('Llama-2-7B'), adapter), {
      ...settings,
      lora: adapter,
    });
    const { reading, lora, count } = counted('Llama-2-7B', [32_000], null, adapter);
    if (!reading.known) throw new Error('unknown');
    const { components } = estimateMemory(reading.facts, count, { ...settings, lora });
    expect(before.components.token_rows).toBe(0);
    expect(components.token_rows).toBe(2 * 32_001 * 4096);
    expect((components.loss ?? 0) - (before.components.loss ?? 0)).toBe(4 * 32_001 * 4096);
    expect((components.weights ?? 0) - (before.components.weights ?? 0)).toBe(2 * 2 * 4096);
  });
});

describe('a token that the tokenizer has', () => {
  it('is new where the embedding has no row for it', () => {
    const known = { token: '<a>', special: false, known: true, pieces: [], rows: 1 };
    const tokenizer = {
      add_tokens: ['<a>'],
      add_special_tokens: [],
      init: 'mean' as const,
      pad_to_multiple_of: null,
    };
    const plan = (id: number) =>
      planTokens({ tokenizer, lora: adapter }, readModelConfig(configs['Llama-2-7B']), {
        new_tokens: [{ ...known, id }],
      });
    expect(plan(31_999).tokenizer).toBeNull();
    expect(plan(32_000).tokenizer?.embedding).toEqual({ before: 32_000, after: 32_001 });
  });
});

describe.runIf(python)('PEFT counts the same', () => {
  it.each<[string, number[], number | null, Record<string, unknown>]>([
    ['Llama-2-7B', [32_000, 32_001], null, adapter],
    ['Llama-2-7B', [32_000, 32_001], 64, { ...adapter, modules_to_save: ['lm_head'] }],
    ['Llama-2-7B', [31_998, 31_999], null, adapter],
    ['Llama-3.2-1B', [128_256], 128, adapter],
    ['Llama-3.2-1B', [128_256], null, { ...adapter, modules_to_save: ['embed_tokens'] }],
    ['Llama-3.2-1B', [128_256], null, { ...adapter, modules_to_save: ['embed_tokens', 'lm_head'] }],
    ['Qwen2.5-3B', [151_665, 151_666], null, adapter],
    ['pythia-410m', [50_400], null, { r: 8, target_modules: ['query_key_value'] }],
    ['gpt2', [50_257], 64, { r: 8, target_modules: ['c_attn'] }],
    ['gemma-3-4b', [262_208], null, { r: 8, target_modules: 'all-linear' }],
  ])(
    'for %s, %j, multiple %s, %j',
    async (model, ids, multiple, lora) => {
      const folder = mkdtempSync(join(tmpdir(), 'lorch-rows-'));
      try {
        writeFileSync(join(folder, 'config.json'), JSON.stringify(configs[model]));
        const { tokenizer, count } = counted(model, ids, multiple, lora);
        const env = await findPython({ env: process.env, explicit: python ?? '' });
        // The settings as the config has them: the trainer finds for itself which rows train.
        const peft = await askPeft(
          env,
          { id: model, path: folder, revision: null, trust_remote_code: false },
          lora,
          undefined,
          tokenizer,
        );
        expect(compareCounts(count, peft)).toMatchObject({ equal: true, differences: [] });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    120_000,
  );
});
