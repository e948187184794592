// Peaks that others measured and published, against the forecast. The sources and what had to be assumed for each row:
// docs/forecasts.md, "Memory". Nothing in the formula was fitted to these rows.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countLora } from '../../src/model/count-lora.ts';
import { estimateMemory } from '../../src/model/memory.ts';
import { readModelConfig } from '../../src/model/read-config.ts';

const path = new URL('../fixtures/model/configs.json', import.meta.url);
const configs = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const GiB = 2 ** 30;
const nf4 = { load_in_4bit: true, bnb_4bit_quant_type: 'nf4' };
const doubled = { ...nf4, bnb_4bit_use_double_quant: true };
const all = { r: 8, target_modules: 'all-linear' };
const queryValue = { r: 8, target_modules: ['q_proj', 'v_proj'] };
const attention = { r: 8, target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] };

interface Peak {
  source: string;
  model: string;
  lora: Record<string, unknown>;
  quantization: Record<string, unknown> | null;
  rows: number;
  tokens: number;
  checkpointing: boolean;
  loss: 'nll' | 'chunked_nll';
  bytes: number;
}

const peak = (
  source: string,
  model: string,
  lora: Peak['lora'],
  quantization: Peak['quantization'],
  [rows, tokens]: [number, number],
  checkpointing: boolean,
  loss: Peak['loss'],
  bytes: number,
): Peak => ({ source, model, lora, quantization, rows, tokens, checkpointing, loss, bytes });

const peaks: Peak[] = [
  peak('torchtune 8B QLoRA', 'Llama-3.1-8B', all, doubled, [2, 2048], true, 'chunked_nll', 7.4 * GiB),
  peak('torchtune 8B LoRA', 'Llama-3.1-8B', all, null, [2, 2048], true, 'chunked_nll', 16.2 * GiB),
  peak('torchtune 3B LoRA', 'Llama-3.2-3B', all, null, [2, 4096], true, 'chunked_nll', 8.5 * GiB),
  peak('torchtune 3B QLoRA', 'Llama-3.2-3B', all, doubled, [2, 4096], true, 'chunked_nll', 4.6 * GiB),
  peak('litgpt 7B', 'Llama-2-7B', queryValue, null, [1, 1304], false, 'nll', 21.3e9),
  peak('litgpt 7B, two rows', 'Llama-2-7B', queryValue, null, [2, 1304], false, 'nll', 29.1e9),
  peak('litgpt 7B nf4', 'Llama-2-7B', queryValue, nf4, [1, 1304], false, 'nll', 14.14e9),
  peak('litgpt 7B nf4, double', 'Llama-2-7B', queryValue, doubled, [1, 1304], false, 'nll', 13.84e9),
  ...(
    [
      [1024, 6],
      [2048, 7],
      [4096, 9],
      [8192, 12],
      [16_384, 19],
      [32_768, 32],
    ] as const
  ).map(([tokens, gib]) =>
    peak(`LLaMA-Factory 7B QLoRA, ${tokens}`, 'Llama-2-7B', all, nf4, [1, tokens], true, 'nll', gib * GiB),
  ),
  peak('LongLoRA 7B', 'Llama-2-7B', attention, null, [1, 8192], true, 'nll', 25.7e9),
];

function errorOf(each: Peak): number {
  const reading = readModelConfig(configs[each.model]);
  if (!reading.known) throw new Error(reading.reason);
  const { total_bytes } = estimateMemory(reading.facts, countLora(reading.facts, each.lora), {
    dtype: 'bfloat16',
    quantization: each.quantization,
    lora: each.lora,
    training: {
      per_device_train_batch_size: each.rows,
      gradient_checkpointing: each.checkpointing,
    },
    fullLogits: each.loss === 'nll',
    sequenceTokens: each.tokens,
    device: 'cuda',
  });
  return total_bytes / each.bytes - 1;
}

describe('the forecast of published peaks', () => {
  it.each(peaks.map((each) => [each.source, each] as const))('%s is off by less than 22 %%', (_, each) => {
    expect(Math.abs(errorOf(each))).toBeLessThan(0.22);
  });

  it('is off by 14 % in the mean', () => {
    const errors = peaks.map((each) => Math.abs(errorOf(each)));
    expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeCloseTo(0.137, 2);
  });
});
