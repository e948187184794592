// Values that the libraries know and a config may not take, with the reason and what to write instead.

const lowRank =
  'it projects whole weight matrices to a low rank, and the matrices of an adapter have a low rank already; use adamw_8bit to save memory';
const fused =
  'it updates each weight in the backward pass to save the gradients of full fine-tuning; those of an adapter are small, and neither max_grad_norm nor gradient_accumulation_steps would work';

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
    grokadamw:
      'it keeps its moments where no checkpoint saves them, so a resumed run would be another run; use adamw_torch',
    adamw_anyprecision: 'its package, torchdistx, is no longer maintained; use adamw_torch',
    adamw_torch_xla: 'it is for TPUs, and lorch trains on CUDA GPUs and CPUs; use adamw_torch',
    adamw_torch_npu_fused:
      'it is for Ascend NPUs, and lorch trains on CUDA GPUs and CPUs; use adamw_torch_fused',
  },
  'lora.init_lora_weights': {
    loftq:
      "PEFT's LoftQ leaves out the scale lora_alpha / r, and `lorch merge` would fold in the correction of a rounding that the full base does not have; use true with `quantization:`, or pissa without",
    corda:
      'CorDA needs covariance matrices of every layer, which PEFT collects in a script of its own; use pissa or eva',
    lora_ga:
      'LoRA-GA needs a backward pass through the whole unfrozen base before training, in the memory of full fine-tuning; use pissa or eva',
    mica: 'MiCA freezes the B matrices, and neither forecast nor LoRA+ knows that; use pissa or orthogonal',
  },
};
