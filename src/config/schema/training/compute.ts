import { z } from 'zod';
import { atLeastOne, derived, field, flag, keywords, optional, text } from '../field.ts';

export const computeFields = {
  bf16: derived(flag, 'true where model.dtype is bfloat16', 'Mixed precision in bfloat16.'),
  fp16: derived(
    flag,
    'true where model.dtype is float16',
    'Mixed precision in float16, for GPUs before Ampere.',
  ),
  tf32: optional(
    flag,
    'TensorFloat-32 for float32 matrix products (Ampere or newer). Left out, PyTorch decides.',
  ),
  gradient_checkpointing: field(
    flag.default(true),
    'Compute activations again in the backward pass instead of keeping them: about 40 % less memory, 20 % slower. On, as in TRL.',
  ),
  gradient_checkpointing_kwargs: derived(
    keywords,
    '{use_reentrant: false}',
    'Arguments of gradient checkpointing. The non-reentrant kind is the one PyTorch recommends.',
  ),
  activation_offloading: field(flag.default(false), 'Keep activations in CPU memory between the passes.'),
  torch_empty_cache_steps: optional(
    atLeastOne,
    'Return cached GPU memory every so many steps. About 10 % slower.',
  ),
  torch_compile: field(flag.default(false), 'Compile the model with torch.compile.'),
  torch_compile_backend: optional(text, 'The backend of torch.compile.'),
  torch_compile_mode: optional(
    z.enum(['default', 'reduce-overhead', 'max-autotune', 'max-autotune-no-cudagraphs']),
    'The mode of torch.compile.',
  ),
  full_determinism: field(
    flag.default(false),
    'Deterministic algorithms only. Slower; for finding differences.',
  ),
};
