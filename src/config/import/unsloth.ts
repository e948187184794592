// Unsloth: a script or notebook around FastLanguageModel and TRL's trainer, or its arguments as YAML or JSON.
import { choose, implied, isOn, refuse, type Tool, to } from './setting.ts';
import { trl } from './trl.ts';

/** Unsloth. */
export const unsloth: Tool = {
  name: 'unsloth',
  signs: [
    'FastLanguageModel',
    'FastModel',
    'FastVisionModel',
    'unsloth',
    'use_gradient_checkpointing',
    'random_state',
    'full_finetuning',
    'fast_inference',
    'max_seq_length',
    'model_name',
    'load_in_4bit',
    'use_exact_model_name',
  ],
  rules: {
    ...trl.rules,
    model_name: to('base_model'),
    dtype: (value, others) =>
      value === null
        ? { implied: 'the dtype follows from model and machine' }
        : (trl.rules.dtype ?? to('model.dtype'))(value, others),
    use_gradient_checkpointing: choose(
      {
        unsloth: {
          set: { 'training.gradient_checkpointing': true },
          note: 'Unsloth also offloads; training.activation_offloading does',
        },
        true: { set: { 'training.gradient_checkpointing': true } },
        false: { set: { 'training.gradient_checkpointing': false } },
      },
      refuse('training.gradient_checkpointing is true or false'),
    ),
    random_state: implied('adapters start from training.seed'),
    full_finetuning: (value) =>
      isOn(value) ? { refuse: 'this version trains LoRA adapters' } : { implied: 'lorch trains LoRA' },
    embedding_learning_rate: to('training.embedding_learning_rate'),
    fast_inference: implied('it is for sampling, not for training'),
    gpu_memory_utilization: implied('it is for sampling, not for training'),
    max_lora_rank: implied('it is for sampling, not for training'),
    finetune_vision_layers: refuse('this version trains text models'),
    finetune_language_layers: implied('language layers are what is trained'),
    finetune_attention_modules: refuse('lora.target_modules names the modules'),
    finetune_mlp_modules: refuse('lora.target_modules names the modules'),
  },
  defaults: {
    ...trl.defaults,
    'lora.lora_alpha': 16,
    'lora.target_modules': ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  },
  sections: [...(trl.sections ?? []), 'data', 'peft', 'sft'],
};
