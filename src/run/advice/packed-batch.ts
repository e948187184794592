import type { AdviceRule } from './rule.ts';

export const packedBatch: AdviceRule = {
  code: 'A017',
  name: 'packed-batch',
  severity: 'warning',
  title: 'Packed batches without flash attention are slow.',
  prose:
    'TRL joins the packed sequences of a batch to one long sequence. Flash attention skips the other rows. SDPA and eager compute the whole square and mask it, so the cost of attention and of its mask is multiplied by the number of sequences. Four sequences joined took 1.9, 2.4 and 3.2 times as long as one after the other, at 512, 1,024 and 2,048 tokens (a small Llama on the CPU; not measured on a GPU). Accumulating single sequences trains the same batch.',
  threshold: 'packing: true, per_device_train_batch_size above 1, and attention sdpa or eager.',
  source:
    'TRL’s collator, which joins a packed batch to one sequence; bench/packed_batch.py for the figures (CPU).',
  check({ packing, deviceBatch, accumulation, attention }) {
    if (!packing || deviceBatch <= 1 || !['sdpa', 'eager'].includes(attention)) return null;
    return {
      message: `TRL joins ${deviceBatch} packed sequences to one, and ${attention} computes attention over the square of its length`,
      hint: `training: { per_device_train_batch_size: 1, gradient_accumulation_steps: ${deviceBatch * accumulation} } trains the same batch; or model.attn_implementation: flash_attention_2`,
      data: { device_batch: deviceBatch, attention },
    };
  },
};
