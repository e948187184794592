import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../src/model/read-config.ts';
import { flopsPerToken } from '../../src/model/speed.ts';

const reading = readModelConfig({
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
});

describe('flopsPerToken', () => {
  it('is four per weight that multiplies a token, and half as much again with checkpointing', () => {
    if (!reading.known) throw new Error(reading.reason);
    // 8,030,261,248 parameters less 65 norms and the embedding, which is looked up.
    const weights = 8_030_261_248 - 65 * 4096 - 128_256 * 4096;
    const count = (checkpointing: boolean, sequenceTokens: number) =>
      reading.known ? flopsPerToken(reading.facts, { checkpointing, sequenceTokens }) : 0;
    expect(count(false, 0)).toBe(4 * weights);
    expect(count(true, 0)).toBe(6 * weights);
    expect(count(false, 1000) - count(false, 0)).toBe(3 * 2 * 1000 * 4096 * 32);
  });
});
