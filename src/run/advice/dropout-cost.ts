import type { AdviceRule } from './rule.ts';

export const dropoutCost: AdviceRule = {
  code: 'A012',
  name: 'dropout-cost',
  severity: 'note',
  title: 'LoRA dropout costs memory and speed.',
  prose:
    'Dropout before the adapter makes each adapted layer keep an input and a mask of its own: in bfloat16 a Llama layer then saves 36h + 10f + 4kv bytes a token instead of 16h + 8f + 4kv (h hidden size, f intermediate, kv key-value features). Fused kernels need dropout 0, and adapters on expert parameters refuse it.',
  threshold: 'lora_dropout above 0.',
  source:
    'Saved bytes: counted with PyTorch’s saved-tensor hooks for this project (CPU, bfloat16, SDPA). Refusal: PEFT’s documentation of target_parameters.',
  check({ dropout }) {
    if (dropout === 0) return null;
    return {
      message: `lora_dropout ${dropout} makes adapted layers save more activations for the backward pass`,
      hint: 'lora.lora_dropout: 0, unless the validation loss shows that you need it',
      data: { lora_dropout: dropout },
    };
  },
};
