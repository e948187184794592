// Values that the libraries know and a config may not take, with the reason and what to write instead.
import { loftq } from './lora-refused.ts';

const lowRank =
  'it projects whole weight matrices to a low rank, but the matrices of an adapter already have a low rank; use adamw_8bit to save memory';
const fused =
  'it updates each weight in the backward pass to avoid storing the gradients of full fine-tuning; the gradients of an adapter are small, and max_grad_norm and gradient_accumulation_steps would not work';

/** By the dotted name of the setting. Each text follows "`value` is not supported:". */
export const refusedValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'training.optim': {
    galore_adamw: lowRank,
    galore_adamw_8bit: lowRank,
    galore_adafactor: lowRank,
    galore_adamw_layerwise: lowRank,
    galore_adamw_8bit_layerwise: lowRank,
    galore_adafactor_layerwise: lowRank,
    apollo_adamw: lowRank,
    apollo_adamw_layerwise: lowRank,
    lomo: fused,
    adalomo: fused,
    grokadamw: 'checkpoints do not save its moments, so a resumed run would differ; use adamw_torch',
    adamw_anyprecision: 'its package, torchdistx, is no longer maintained; use adamw_torch',
    adamw_torch_xla: 'it is for TPUs, and lorch trains on CUDA GPUs and CPUs; use adamw_torch',
    adamw_torch_npu_fused:
      'it is for Ascend NPUs, and lorch trains on CUDA GPUs and CPUs; use adamw_torch_fused',
  },
  'lora.init_lora_weights': {
    loftq,
    corda:
      'CorDA needs covariance matrices of every layer, and PEFT collects them in a separate script; use pissa or eva',
    lora_ga:
      'LoRA-GA needs a backward pass through the whole unfrozen base before training, and so the memory of full fine-tuning; use pissa or eva',
    mica: 'MiCA freezes the B matrices, and the forecast and LoRA+ do not support that; use pissa or orthogonal',
  },
};
