import { describe, expect, it } from 'vitest';
import { estimateAdapterBytes, estimateStartBytes } from '../../src/model/checkpoint-size.ts';
import type { LoraCount } from '../../src/model/count-lora.ts';
import { decompositionBytes, matrixParameters, refuseLargeRank } from '../../src/model/lora-start.ts';

/** Two linear layers with r 8, DoRA on request, and a head that is trained in full. */
function counted(dora: boolean): LoraCount {
  const modules = [
    { name: 'model.layers.0.self_attn.q_proj', out: 64, in: 64, trainable: 8 * 128 + (dora ? 64 : 0) },
    { name: 'model.layers.0.mlp.up_proj', out: 128, in: 64, trainable: 8 * 192 + (dora ? 128 : 0) },
    { name: 'lm_head', out: 384, in: 64, trainable: 384 * 64 },
  ];
  const trainable = modules.reduce((sum, each) => sum + each.trainable, 0);
  return { trainable, total: trainable + 100_000, modules, head: null, findings: [] } as LoraCount;
}

const lora = { r: 8, init_lora_weights: 'pissa', modules_to_save: ['lm_head'] };

describe('a start that splits the base', () => {
  it.each([false, true])('doubles the matrices of the saved adapter alone (DoRA: %s)', (dora) => {
    const settings = { ...lora, use_dora: dora };
    expect(matrixParameters(counted(dora), settings)).toBe(8 * 128 + 8 * 192);
    expect(estimateStartBytes(counted(dora), settings)).toBe(4 * (8 * 128 + 8 * 192));
  });

  it('costs nothing otherwise', () => {
    for (const init of [true, 'gaussian', 'eva']) {
      expect(estimateStartBytes(counted(false), { ...lora, init_lora_weights: init })).toBe(0);
      expect(decompositionBytes(counted(false), { ...lora, init_lora_weights: init })).toBe(0);
    }
    expect(estimateAdapterBytes(counted(false), { quantization: null, tokenizerBytes: 0 })).toBe(
      4 * counted(false).trainable + 8_000,
    );
  });

  it('decomposes the largest weight whole, or only what it needs of it', () => {
    const whole = decompositionBytes(counted(false), lora);
    // The head is the largest module, but is not decomposed: up_proj is, with 64 singular values.
    expect(whole).toBe(4 * (2 * 64 * 128 + 64 * 192 + 4 * 64 ** 2));
    const few = decompositionBytes(counted(false), { ...lora, init_lora_weights: 'pissa_niter_8' });
    expect(few).toBe(4 * (2 * 64 * 128 + 16 * 192));
  });

  it('needs as many singular vectors as the rank', () => {
    expect(() => refuseLargeRank(counted(false), lora)).not.toThrow();
    const large = counted(false);
    large.modules[0] = { name: 'model.layers.0.self_attn.q_proj', out: 64, in: 64, trainable: 65 * 128 };
    expect(() => refuseLargeRank(large, { ...lora, r: 65 })).toThrow(/pissa takes 65 directions.*has 64/);
    expect(() => refuseLargeRank(large, { ...lora, r: 65, init_lora_weights: true })).not.toThrow();
  });
});
