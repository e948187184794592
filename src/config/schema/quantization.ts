import { z } from 'zod';
import { derived, dtype, field, flag, optional, section, text } from './field.ts';

export const quantizationSection = section(
  {
    load_in_4bit: field(flag.default(false), 'Load the linear layers of the base in 4 bit (QLoRA).'),
    load_in_8bit: field(flag.default(false), 'Load them in 8 bit (LLM.int8).'),
    bnb_4bit_quant_type: derived(
      z.enum(['nf4', 'fp4']),
      'nf4',
      'The 4-bit data type. The QLoRA paper recommends nf4 for weights; the library itself has fp4.',
    ),
    bnb_4bit_use_double_quant: derived(
      flag,
      'true',
      'Quantize the quantization constants too, as QLoRA does: saves 0.37 bit a parameter.',
    ),
    bnb_4bit_compute_dtype: derived(
      dtype,
      'model.dtype',
      'What 4-bit weights are unpacked to for computing. The library itself has float32, which is slow.',
    ),
    bnb_4bit_quant_storage: derived(
      z
        .enum([
          'uint8',
          'int8',
          'float16',
          'bfloat16',
          'float32',
          'torch.uint8',
          'torch.int8',
          'torch.float16',
          'torch.bfloat16',
          'torch.float32',
        ])
        .transform((name) => name.replace('torch.', '')),
      'uint8',
      'The dtype of the tensors that 4-bit values are packed into.',
    ),
    llm_int8_threshold: derived(
      z.number().nonnegative(),
      '6.0',
      'Activations above it are computed in 16 bit (8-bit loading only).',
    ),
    llm_int8_skip_modules: optional(
      z.array(text).min(1),
      'Modules left unquantized. The output head always is.',
    ),
  },
  'Quantization of the base model: the fields of BitsAndBytesConfig in transformers. Leave the section out for none.',
  {
    owned: {},
    removed: {},
    unsupported: {
      llm_int8_enable_fp32_cpu_offload: 'base and adapter share one device; nothing is offloaded',
      llm_int8_has_fp16_weight: 'it keeps 16-bit weights, which leaves no memory saved',
    },
  },
);

export type QuantizationSection = z.output<typeof quantizationSection>;
