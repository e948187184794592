// The counts that others published from executed runs; each source is named.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/diagnostics/user-error.ts';
import { countLora } from '../../src/model/count-lora.ts';
import type { ModelFacts } from '../../src/model/modules.ts';
import { readModelConfig } from '../../src/model/read-config.ts';

const configs = JSON.parse(
  readFileSync(new URL('../fixtures/model/configs.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, unknown>>;

function factsOf(model: string, changes: Record<string, unknown> = {}): ModelFacts {
  const reading = readModelConfig({ ...configs[model], ...changes });
  if (!reading.known) throw new Error(reading.reason);
  return reading.facts;
}

const qkvo = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
const mlp = ['gate_proj', 'up_proj', 'down_proj'];
const qv = ['q_proj', 'v_proj'];

interface Published {
  source: string;
  model: string;
  lora: Record<string, unknown>;
  trainable: number;
  total: number;
}

const published: Published[] = [
  {
    source: "a tutorial's notebook, its base the stock checkpoint",
    model: 'Llama-3.1-8B',
    lora: { r: 16, target_modules: qkvo },
    trainable: 13_631_488,
    total: 8_043_892_736,
  },
  {
    source: 'torchtune, lora_finetune.rst',
    model: 'Llama-2-7B',
    lora: { r: 8, target_modules: qv },
    trainable: 4_194_304,
    total: 6_742_609_920,
  },
  {
    source: 'PEFT, README',
    model: 'Qwen2.5-3B',
    lora: { r: 16, target_modules: qv },
    trainable: 3_686_400,
    total: 3_089_625_088,
  },
  {
    source: 'PEFT, quicktour',
    model: 'Llama-3.2-1B',
    lora: { r: 8, target_modules: ['q_proj'] },
    trainable: 524_288,
    total: 1_236_338_688,
  },
  {
    source: 'PEFT, documentation',
    model: 'opt-350m',
    lora: { r: 16, target_modules: qv },
    trainable: 1_572_864,
    total: 332_769_280,
  },
  {
    source: 'PEFT, method_comparison/MetaMathQA',
    model: 'Llama-3.2-3B',
    lora: { r: 32, target_modules: qv },
    trainable: 9_175_040,
    total: 3_221_924_864,
  },
  {
    source: 'PEFT, method_comparison/MetaMathQA',
    model: 'Llama-3.2-3B',
    lora: { r: 32, target_modules: qv, use_dora: true },
    trainable: 9_289_728,
    total: 3_222_039_552,
  },
  {
    source: 'PEFT, method_comparison/MetaMathQA',
    model: 'Llama-3.2-3B',
    lora: { r: 10, target_modules: mlp },
    trainable: 9_461_760,
    total: 3_222_211_584,
  },
  {
    source: 'PEFT, examples/KappaTune: seven names asked for, attention matched',
    model: 'Mixtral-8x7B',
    lora: { r: 256, target_modules: qkvo },
    trainable: 218_103_808,
    total: 46_920_896_512,
  },
  {
    source: 'axolotl, notebook',
    model: 'Qwen3-14B',
    lora: { r: 32, target_modules: [...qkvo, ...mlp] },
    trainable: 128_450_560,
    total: 14_896_757_760,
  },
];

describe('countLora agrees with published counts', () => {
  it.each(published)('$model $lora ($source)', ({ model, lora, trainable, total }) => {
    expect(countLora(factsOf(model), lora)).toMatchObject({ trainable, total });
  });

  it('including the resized vocabulary that a known tutorial must have had', () => {
    const resized = factsOf('Llama-3.1-8B', { vocab_size: 128_384 });
    expect(countLora(resized, { r: 16, target_modules: qkvo }).total).toBe(8_044_941_312);
  });

  it("and names the three of KappaTune's seven targets that matched nothing", () => {
    let error: unknown;
    try {
      countLora(factsOf('Mixtral-8x7B'), { r: 256, target_modules: [...qkvo, ...mlp] });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UserError);
    const { findings } = error as UserError;
    expect(findings.map(({ code, data }) => [code, data?.target])).toEqual(mlp.map((name) => ['M001', name]));
  });
});
