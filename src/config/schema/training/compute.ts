import { z } from 'zod';
import { atLeastOne, derived, field, flag, keywords, optional, text } from '../field.ts';

const lossOfTrl = z.literal(false, {
  error: 'false: TRL computes the loss in its own fused head, and Liger would replace it',
});

/** Arguments of Liger's apply functions; the two of the loss would not be reached. */
const ligerKernels = z.strictObject({
  rope: optional(flag, 'Rotary positions.'),
  rms_norm: optional(flag, 'RMS norms.'),
  layer_norm: optional(flag, 'Layer norms.'),
  swiglu: optional(flag, 'Gated MLPs with SiLU.'),
  geglu: optional(flag, 'Gated MLPs with GELU.'),
  cross_entropy: optional(lossOfTrl, 'The cross entropy. Must be `false`, because TRL computes the loss.'),
  fused_linear_cross_entropy: optional(
    lossOfTrl,
    'Head and cross entropy in one kernel. Must be `false`, for the same reason.',
  ),
});

export const computeFields = {
  bf16: derived(flag, 'true if model.dtype is bfloat16', 'Mixed precision in bfloat16.'),
  fp16: derived(
    flag,
    'true if model.dtype is float16',
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
    'Return cached GPU memory every this many steps. About 10 % slower.',
  ),
  use_liger_kernel: field(
    flag.default(false),
    'Liger kernels for norms, rotary positions and gated MLPs: faster on CUDA GPUs, and fewer activations. Needs the package liger-kernel. TRL still computes the loss, and does not store all logits either.',
  ),
  liger_kernel_config: optional(
    ligerKernels,
    'Switches single kernels of Liger on or off. Default: what Liger uses for the model. Needs use_liger_kernel.',
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
