import type { AdviceRule } from './rule.ts';

const most = 64;

export const largeBatch: AdviceRule = {
  code: 'A008',
  name: 'large-batch',
  severity: 'note',
  title: 'The batch is large for LoRA.',
  prose:
    'Large batches cost LoRA more than full fine-tuning, and a higher rank does not help. QLoRA took 16 rows a step for 7B and 13B. Large batches also leave few steps. A packed sequence contains several rows, so packed batches are larger than they look.',
  threshold: 'per_device_train_batch_size × gradient_accumulation_steps above 64.',
  source: 'LoRA Without Regret (Thinking Machines, 2025); Tinker’s LoRA primer. The limit is lorch’s choice.',
  check({ deviceBatch, accumulation, packing }) {
    const batch = deviceBatch * accumulation;
    if (batch <= most) return null;
    return {
      message: `${batch} ${packing ? 'packed sequences' : 'rows'} a step is a large batch: large batches cost LoRA more than full fine-tuning`,
      hint: `training.gradient_accumulation_steps: ${Math.max(1, Math.floor(32 / deviceBatch))}`,
      data: { batch },
    };
  },
};
