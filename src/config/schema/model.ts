import { z } from 'zod';
import { dtype, field, flag, section } from './field.ts';

export const modelSection = section(
  {
    dtype: field(
      dtype.prefault('bfloat16'),
      'The dtype the base model is loaded in. Libraries differ in their defaults (TRL loads float32), so lorch always states one.',
    ),
    attn_implementation: field(
      z
        .union([
          z.enum(['sdpa', 'eager', 'flash_attention_2', 'flash_attention_3', 'flex_attention']),
          z.string().regex(/^kernels-community\/[\w.-]+(@[\w.-]+)?(:[\w.-]+)?$/, {
            error: 'kernels-community/…',
            abort: true,
          }),
        ])
        .default('sdpa'),
      'The attention implementation. `sdpa` is part of PyTorch. The flash variants need a CUDA GPU and their package, flash-attn or flash-attn-3. `kernels-community/…` downloads a kernel from the hub and needs the package kernels.',
    ),
    trust_remote_code: field(
      flag.default(false),
      "Run Python code from the model's repository. Read that code first, and pin `revision:`.",
    ),
  },
  'How the base model is loaded.',
  {
    owned: {
      device_map:
        'one run trains on one device, which lorch gives it; say how many GPUs with `resources.gpus`',
      quantization_config: 'write its fields under `quantization:`',
      revision: 'write `revision:` at the top level, beside `base_model:`',
    },
    removed: {
      torch_dtype: 'write `model.dtype`',
      use_flash_attention_2: 'write `model.attn_implementation: flash_attention_2`',
    },
    unsupported: { use_kernels: 'the trainer loads no kernels from the hub' },
  },
);
