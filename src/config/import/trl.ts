// TRL: the arguments of `trl sft` on a command line or as YAML, or SFTConfig and LoraConfig in a script.
import { datasetOutcome } from './dataset-path.ts';
import { implied, isOn, namesOf, type Rule, refuse, type Tool, to } from './setting.ts';
import { oneProcess, sharedRules } from './shared-rules.ts';

const wiring = implied('the settings of what it passes on are in this config');

const targets: Rule = (value) => {
  const names = namesOf(value);
  return {
    set: { 'lora.target_modules': names.length === 1 && names[0] === 'all-linear' ? 'all-linear' : names },
  };
};

/** What every script of TRL's trainer has. */
const scriptRules: Readonly<Record<string, Rule>> = {
  ...sharedRules,
  model: (value) =>
    typeof value === 'string' ? { set: { base_model: value } } : { implied: 'base_model names it' },
  dataset_name: (value) => datasetOutcome('dataset.train', value),
  load_dataset: (value) => datasetOutcome('dataset.train', value),
  data_files: (value) => datasetOutcome('dataset.train', [value].flat()[0]),
  split: (value) =>
    value === 'train'
      ? { implied: 'all rows of the file are read' }
      : { refuse: 'name the file of the hub: hf://datasets/user/name/file' },
  args: wiring,
  tokenizer: wiring,
  processing_class: wiring,
  train_dataset: wiring,
  eval_dataset: wiring,
  peft_config: wiring,
  quantization_config: wiring,
  data_collator: refuse('labels are made by lorch: dataset.train_on'),
  formatting_func: refuse('rows are rendered by the chat template; dataset.format maps their fields'),
  callbacks: refuse('training.early_stopping_patience stops early; other callbacks have no counterpart'),
  device_map: implied('the model is loaded on one device'),
  low_cpu_mem_usage: implied('weights are loaded one by one'),
  token: refuse('secrets come from the environment or the hub login'),
  hub_token: refuse('secrets come from the environment or the hub login'),
  // Without the flag the script trains every weight.
  use_peft: (value) =>
    isOn(value) ? { implied: 'lorch trains LoRA' } : { refuse: 'this version trains LoRA adapters' },
};

/** TRL. */
export const trl: Tool = {
  name: 'trl',
  signs: [
    'model_name_or_path',
    'dataset_name',
    'use_peft',
    'lora_target_modules',
    'lora_r',
    'dataset_train_split',
    'SFTConfig',
    'SFTTrainer',
    'LoraConfig',
    'lora_task_type',
    'dataset_text_field',
  ],
  rules: {
    ...scriptRules,
    model_name_or_path: to('base_model'),
    pretrained_model_name_or_path: to('base_model'),
    model_revision: to('revision'),
    lora_r: to('lora.r'),
    lora_target_modules: targets,
    target_modules: targets,
    lora_target_parameters: (value) => ({ set: { 'lora.target_parameters': namesOf(value) } }),
    lora_modules_to_save: (value) => ({ set: { 'lora.modules_to_save': namesOf(value) } }),
    lora_task_type: implied('it is always a causal language model'),
    use_bnb_nested_quant: to('quantization.bnb_4bit_use_double_quant'),
    datasets: (value) => {
      const list = Array.isArray(value) ? value : [value];
      return list.map((each, i) => {
        const path =
          typeof each === 'object' && each !== null ? (each as Record<string, unknown>).path : each;
        const found = datasetOutcome('dataset.train', path);
        return {
          key: `datasets.${i}.path`,
          value: path,
          ...(i === 0 ? found : { refuse: 'add it to the list under dataset.train' }),
        };
      });
    },
    dataset_config: refuse('name the file of the hub: hf://datasets/user/name/file'),
    dataset_train_split: (value) =>
      value === 'train'
        ? { implied: 'all rows of the file are read' }
        : { refuse: 'name the file of the hub' },
    dataset_test_split: refuse('name the held-out file under dataset.validation'),
    dataset_streaming: implied('files are read as streams'),
    ignore_bias_buffers: refuse(oneProcess),
  },
  defaults: {
    'training.learning_rate': 2e-5,
    'training.num_train_epochs': 3,
    'training.per_device_train_batch_size': 8,
    'training.gradient_accumulation_steps': 1,
    'training.max_length': 1024,
  },
  sections: [
    'sft_config',
    'training_args',
    'training',
    'lora',
    'lora_config',
    'peft_config',
    'model',
    'dataset',
  ],
};
