import type { Rule } from './rule.ts';

/** The dtype of the base and mixed precision must agree. */
export const precisionRule: Rule = {
  needs: ['model', 'training', 'quantization'],
  check({ model, training, quantization }, report) {
    const { bf16, fp16 } = training;
    if (bf16 && fp16) report('training.fp16', 'bf16 and fp16 exclude one another');
    else if (bf16 && model.dtype === 'float16')
      report('training.bf16', 'bf16 with a base in float16', 'model.dtype: bfloat16, or fp16: true');
    else if (fp16 && model.dtype === 'bfloat16')
      report('training.fp16', 'fp16 with a base in bfloat16', 'model.dtype: float16, or bf16: true');
    if (/^flash|\//.test(model.attn_implementation) && model.dtype === 'float32' && !bf16 && !fp16)
      report(
        'model.attn_implementation',
        `${model.attn_implementation} needs a 2-byte dtype, but the base is in float32`,
        'model.dtype: bfloat16, or attn_implementation: sdpa',
      );
    const compute = quantization?.bnb_4bit_compute_dtype;
    const half = model.dtype === 'float32' ? undefined : model.dtype;
    if (compute && half && compute !== half && compute !== 'float32')
      report(
        'quantization.bnb_4bit_compute_dtype',
        `4-bit layers would compute in ${compute} inside a base in ${half}`,
        `bnb_4bit_compute_dtype: ${half}`,
      );
  },
};
