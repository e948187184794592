// Bases that are stored quantized: what is known of them, and what may be asked on top.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/diagnostics/user-error.ts';
import { countLora } from '../../src/model/count-lora.ts';
import { estimateMemory } from '../../src/model/memory.ts';
import { readModelConfig } from '../../src/model/read-config.ts';
import { quantizationAsLoaded, readStoredQuantization } from '../../src/model/stored-quantization.ts';
import configs from '../fixtures/model/configs.json' with { type: 'json' };

const plain = configs['gpt-oss-20b'];
const mxfp4 = {
  ...plain,
  quantization_config: { quant_method: 'mxfp4', modules_to_not_convert: ['lm_head'] },
};
const nf4 = { load_in_4bit: true, bnb_4bit_quant_type: 'nf4', bnb_4bit_use_double_quant: true };
const bitsandbytes = {
  ...configs['Llama-3.1-8B'],
  quantization_config: { quant_method: 'bitsandbytes', ...nf4 },
};

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof UserError ? error.code : String(error);
  }
  return undefined;
}

describe('a base in mxfp4', () => {
  it('is counted as what it is unpacked to', () => {
    const [packed, whole] = [readModelConfig(mxfp4), readModelConfig(plain)];
    expect(packed.known).toBe(true);
    expect(packed).toEqual(whole);
    expect(readStoredQuantization(mxfp4)).toMatchObject({ method: 'mxfp4', bits: 4, trainable: true });
  });

  it('takes no quantization on top', () => {
    expect(quantizationAsLoaded(mxfp4, null)).toBeNull();
    expect(codeOf(() => quantizationAsLoaded(mxfp4, nf4))).toBe('M037');
    expect(codeOf(() => quantizationAsLoaded({ quantization_config: { quant_method: 'gptq' } }, nf4))).toBe(
      'M037',
    );
  });
});

describe('a base that bitsandbytes stored', () => {
  it('is held as it is stored, and its memory forecast so', () => {
    expect(quantizationAsLoaded(bitsandbytes, null)).toMatchObject(nf4);
    expect(quantizationAsLoaded(configs['Llama-3.1-8B'], null)).toBeNull();
    expect(quantizationAsLoaded(configs['Llama-3.1-8B'], nf4)).toBe(nf4);
    const reading = readModelConfig(bitsandbytes);
    if (!reading.known) throw new Error(reading.reason);
    const count = countLora(reading.facts, { r: 16, target_modules: 'all-linear' });
    const weights = (quantization: Readonly<Record<string, unknown>> | null) =>
      estimateMemory(reading.facts, count, {
        dtype: 'bfloat16',
        quantization,
        lora: { r: 16 },
        training: {},
        sequenceTokens: 512,
        device: 'cuda',
      }).components.weights;
    expect(weights(quantizationAsLoaded(bitsandbytes, null))).toBe(weights(nf4));
    expect(weights(nf4)).toBeLessThan(0.4 * (weights(null) ?? 0));
  });
});
