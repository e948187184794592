// What an optimizer keeps for each trained parameter, by transformers' names (OptimizerNames): those that a config may name.

/** Numbers kept in the adapter's own width. */
const ownWidth: Readonly<Record<string, number>> = {
  adamw_torch: 2,
  adamw_torch_fused: 2,
  adagrad: 1,
  rmsprop: 1,
  // Momentum is 0 unless optim_args say otherwise.
  sgd: 0,
  muon: 1,
  // The sequence z, and Adam's second moment.
  schedule_free_adamw: 2,
  schedule_free_radam: 2,
  schedule_free_sgd: 1,
  stable_adamw: 2,
};

// bitsandbytes keeps 32-bit states in fp32, and 8-bit ones with a scale for 256 of them.
const byte = 1 + 8 / 256;
const fixedBytes: Readonly<Record<string, number>> = {
  paged_adamw_32bit: 8,
  adamw_bnb_8bit: 2 * byte,
  adamw_8bit: 2 * byte,
  paged_adamw_8bit: 2 * byte,
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
  // torchao: blocks of 256, each with a scale of 4 bytes.
  adamw_torch_8bit: 2 * (1 + 4 / 256),
  adamw_torch_4bit: 2 * (0.5 + 4 / 256),
  // A row and a column of sums for each matrix, which is little beside r·(in + out).
  adafactor: 0.1,
};

/** Bytes of state a trained parameter, whose own width is `adapterWidth` bytes. Throws for an optimizer that configs refuse. */
export function optimizerStateBytes(optimizer: string, adapterWidth: number): number {
  const own = Object.hasOwn(ownWidth, optimizer) ? ownWidth[optimizer] : undefined;
  // StableAdamW compensates the rounding of 2-byte weights (Kahan): one more number.
  const compensation = optimizer === 'stable_adamw' && adapterWidth < 4 ? 1 : 0;
  if (own !== undefined) return (own + compensation) * adapterWidth;
  const fixed = Object.hasOwn(fixedBytes, optimizer) ? fixedBytes[optimizer] : undefined;
  if (fixed === undefined) throw new Error(`no figure for the state of ${optimizer}`);
  return fixed;
}
