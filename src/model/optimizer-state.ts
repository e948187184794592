// What an optimizer keeps for each trained parameter, by transformers' names (OptimizerNames).

/** Numbers kept in the adapter's own width. */
const ownWidth: Readonly<Record<string, number>> = {
  adamw_torch: 2,
  adamw_torch_fused: 2,
  adamw_torch_xla: 2,
  adamw_torch_npu_fused: 2,
  adamw_anyprecision: 2,
  stable_adamw: 2,
  schedule_free_adamw: 2,
  schedule_free_radam: 2,
  schedule_free_sgd: 1,
  adagrad: 1,
  rmsprop: 1,
  // Momentum is 0 unless optim_args say otherwise.
  sgd: 0,
};

// bitsandbytes keeps 32-bit states in fp32, and 8-bit ones with a scale for 256 of them; torchao likewise.
const byte = 1 + 8 / 256;
const fixedBytes: Readonly<Record<string, number>> = {
  paged_adamw_32bit: 8,
  adamw_bnb_8bit: 2 * byte,
  adamw_8bit: 2 * byte,
  paged_adamw_8bit: 2 * byte,
  adamw_torch_8bit: 2 * byte,
  adamw_torch_4bit: 2 * (0.5 + 4 / 128),
  lion_32bit: 4,
  paged_lion_32bit: 4,
  lion_8bit: byte,
  paged_lion_8bit: byte,
  rmsprop_bnb: 4,
  rmsprop_bnb_32bit: 4,
  rmsprop_bnb_8bit: byte,
  ademamix: 12,
  paged_ademamix_32bit: 12,
  ademamix_8bit: 3 * byte,
  paged_ademamix_8bit: 3 * byte,
  // A row and a column of sums for each matrix, which is little beside r·(in + out).
  adafactor: 0.1,
};

/** Bytes of state a trained parameter, whose own width is `adapterWidth` bytes; null for an optimizer without a figure. */
export function optimizerStateBytes(optimizer: string, adapterWidth: number): number | null {
  const own = Object.hasOwn(ownWidth, optimizer) ? ownWidth[optimizer] : undefined;
  if (own !== undefined) return own * adapterWidth;
  return (Object.hasOwn(fixedBytes, optimizer) ? fixedBytes[optimizer] : undefined) ?? null;
}

/** The same, with AdamW's two moments where there is no figure: `optimizerStateBytes` tells, and the plan says so. */
export function assumedStateBytes(optimizer: string, adapterWidth: number): number {
  return optimizerStateBytes(optimizer, adapterWidth) ?? 2 * adapterWidth;
}
