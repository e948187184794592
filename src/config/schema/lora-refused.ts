// Fields of PEFT's LoraConfig that a config may not set; test/trainer/test_config_fields.py compares with the class.
import type { RefusedFields } from './field.ts';

/** Why there is no LoftQ, as a section of settings and as a value of init_lora_weights. */
export const loftq =
  "PEFT's LoftQ leaves out the scale lora_alpha / r. It also corrects a rounding error that the full base does not have, and `lorch merge` would add that correction to it; use init_lora_weights: true with `quantization:`, or pissa without";

export const loraRefused: RefusedFields = {
  owned: {
    peft_type: 'it is always LORA',
    auto_mapping: 'PEFT fills it in',
    peft_version: 'PEFT fills it in',
    base_model_name_or_path: 'write `base_model:` at the top level',
    revision: 'write `revision:` at the top level: it pins the base model',
    inference_mode: 'it is off in training, and on when an adapter is loaded to answer',
    fan_in_fan_out: "PEFT sets it from the layer's class",
  },
  removed: {},
  unsupported: {
    corda_config: 'it belongs to init_lora_weights: corda, which is not supported; use pissa or eva',
    lora_ga_config: 'it belongs to init_lora_weights: lora_ga, which is not supported; use pissa or eva',
    loftq_config: loftq,
    megatron_config: 'lorch trains in one process; Megatron is for many',
    megatron_core: 'lorch trains in one process; Megatron is for many',
    velora_config: 'VeLoRA is not tried and tested here',
    monteclora_config: 'MonteCLoRA adds a loss term that the trainer does not take in',
    kasa_config: 'KaSA is not tried and tested here',
    arrow_config: 'Arrow routes between finished adapters; lorch trains one',
    use_bdlora: 'BD-LoRA is for serving on several devices',
    alora_invocation_tokens: '`lorch try` and `merge` could not apply the adapter from an invocation on',
    use_qalora: 'QA-LoRA needs a GPTQ base; lorch quantizes with bitsandbytes',
    qalora_group_size: 'QA-LoRA needs a GPTQ base; lorch quantizes with bitsandbytes',
    layer_replication: 'it makes another model of the base, whose forecast and merge would be wrong',
    runtime_config: 'nothing is offloaded: base and adapter share one device',
  },
};
