// axolotl: one flat YAML file, with datasets as a list.
import { datasetPath } from './dataset-path.ts';
import { choose, implied, isOn, namesOf, type Outcome, type Rule, refuse, type Tool, to } from './setting.ts';
import {
  everySteps,
  heldOut,
  oneProcess,
  ownFolder,
  ownPublishing,
  perEpoch,
  sharedRules,
  template,
} from './shared-rules.ts';

const flagTo =
  (path: string, value: unknown): Rule =>
  (flag) =>
    isOn(flag) ? { set: { [path]: value } } : { implied: 'it is off' };

const fileKinds = new Set(['json', 'csv', 'parquet', 'text', 'arrow']);

const datasets =
  (target: 'dataset.train' | 'dataset.validation'): Rule =>
  (value, others) => {
    const outcomes: Outcome[] = [];
    const sources: unknown[] = [];
    for (const [i, entry] of (Array.isArray(value) ? value : [value]).entries()) {
      const item = (typeof entry === 'object' && entry !== null ? entry : { path: entry }) as Record<
        string,
        unknown
      >;
      const { path, data_files: files, type, ...rest } = item;
      const format = formatOf(type);
      for (const each of fileKinds.has(String(path)) && files ? [files].flat() : [path]) {
        const found = datasetPath(each);
        if ('reason' in found) {
          outcomes.push({ key: `datasets.${i}.path`, value: each, refuse: found.reason });
          continue;
        }
        sources.push(format.name ? { path: found.path, format: format.name } : found.path);
        outcomes.push({
          key: `datasets.${i}.path`,
          value: each,
          set: { [target]: sources.length === 1 ? sources[0] : [...sources] },
        });
      }
      if (type !== undefined) outcomes.push({ key: `datasets.${i}.type`, value: type, ...format.outcome });
      for (const [key, each] of Object.entries(rest)) {
        const outcome: Outcome =
          key === 'split' && each === 'train'
            ? { implied: 'all rows of the file are read' }
            : key === 'roles_to_train'
              ? (trainRoles(each, others) as Outcome)
              : key === 'chat_template'
                ? (template(each, others) as Outcome)
                : key === 'ds_type'
                  ? { implied: 'the kind of a file is detected from its content' }
                  : { refuse: datasetReason(key) };
        outcomes.push({ key: `datasets.${i}.${key}`, value: each, ...outcome });
      }
    }
    return outcomes;
  };

function datasetReason(key: string): string {
  if (/^field|message|roles/.test(key))
    return 'the format of the rows is detected; a mapping under dataset.format names other fields (docs/formats.md)';
  if (key === 'name' || key === 'split') return 'name the file of the hub: hf://datasets/user/name/file';
  return 'sources have path, weight, limit, format and template';
}

function formatOf(type: unknown): { name: string | null; outcome: Outcome } {
  const name = typeof type === 'string' ? (type.split(/[.:]/)[0] as string) : '';
  if (name === 'alpaca' || name === 'sharegpt')
    return { name, outcome: { implied: `it is the format of the source: ${name}` } };
  if (name === 'chat_template')
    return { name: null, outcome: { implied: 'the format of chats is detected' } };
  if (name === 'completion') return { name: null, outcome: { set: { 'dataset.format': 'text' } } };
  return {
    name: null,
    outcome: {
      refuse: 'the format of the rows is detected; dataset.format names another, or maps its fields',
    },
  };
}

const trainRoles: Rule = (value) => {
  const roles = namesOf(value);
  return { set: { 'dataset.train_on': roles.join() === 'assistant' ? 'answers' : roles } };
};

const wandb = refuse("set the tracker's own variables in the environment");
const kernels = implied('a faster kernel of the other tool; the result is the same');

/** axolotl. */
export const axolotl: Tool = {
  name: 'axolotl',
  signs: [
    'micro_batch_size',
    'sequence_len',
    'val_set_size',
    'adapter',
    'num_epochs',
    'sample_packing',
    'lora_target_linear',
    'datasets',
    'dataset_prepared_path',
    'pad_to_sequence_len',
    'train_on_inputs',
    'lora_model_dir',
    'special_tokens',
    'evals_per_epoch',
    'saves_per_epoch',
  ],
  rules: {
    ...sharedRules,
    base_model: to('base_model'),
    revision_of_model: to('revision'),
    model_type: implied('the class follows from the model'),
    tokenizer_type: implied('the class follows from the tokenizer'),
    tokenizer_use_fast: implied('the fast tokenizer is used'),
    tokenizer_config: refuse('the tokenizer is that of the base model'),
    trust_remote_code: to('model.trust_remote_code'),
    adapter: choose(
      {
        lora: { implied: 'lorch trains LoRA' },
        qlora: { set: { 'quantization.load_in_4bit': true } },
      },
      refuse('this version trains LoRA adapters'),
    ),
    lora_model_dir: to('init_adapter'),
    lora_r: to('lora.r'),
    lora_alpha: to('lora.lora_alpha'),
    lora_dropout: to('lora.lora_dropout'),
    lora_target_modules: to('lora.target_modules'),
    lora_target_linear: flagTo('lora.target_modules', 'all-linear'),
    lora_target_parameters: to('lora.target_parameters'),
    lora_modules_to_save: to('lora.modules_to_save'),
    lora_fan_in_fan_out: implied("PEFT sets it from the layer's class"),
    lora_mlp_kernel: kernels,
    lora_qkv_kernel: kernels,
    lora_o_kernel: kernels,
    peft_use_dora: to('lora.use_dora'),
    peft_use_rslora: to('lora.use_rslora'),
    peft_layers_to_transform: to('lora.layers_to_transform'),
    peft_layer_replication: refuse('it makes another model of the base'),
    peft_init_lora_weights: to('lora.init_lora_weights'),
    bf16: choose(
      {
        auto: { implied: 'bfloat16 is used if model and GPU have it' },
        full: { set: { 'training.bf16': true } },
      },
      to('training.bf16'),
    ),
    fp16: to('training.fp16'),
    tf32: to('training.tf32'),
    datasets: datasets('dataset.train'),
    test_datasets: datasets('dataset.validation'),
    val_set_size: heldOut,
    dataset_exact_deduplication: (value) => ({
      set: { 'dataset.duplicates.exact': isOn(value) ? 'drop' : 'keep' },
    }),
    dataset_prepared_path: implied('prepared rows are kept in the cache'),
    dataset_processes: implied('rows are prepared once'),
    dataset_num_proc: implied('rows are prepared once'),
    shuffle_merged_datasets: to('training.shuffle_dataset'),
    chat_template: template,
    train_on_inputs: (value) => ({ set: { 'dataset.train_on': isOn(value) ? 'all' : 'answers' } }),
    roles_to_train: trainRoles,
    train_on_eos: choose(
      { turn: { implied: 'an answer is trained with its end of turn' } },
      refuse('an answer is trained with its end of turn'),
    ),
    sequence_len: to('training.max_length'),
    excess_length_strategy: choose(
      {
        drop: { set: { 'dataset.truncate': 'drop' } },
        truncate: { set: { 'dataset.truncate': 'right' } },
        raise: { set: { 'dataset.truncate': 'refuse' } },
      },
      refuse('dataset.truncate says what happens to long rows'),
    ),
    sample_packing: to('training.packing'),
    eval_sample_packing: to('training.eval_packing'),
    pad_to_sequence_len: refuse('batches are padded to their longest row'),
    micro_batch_size: to('training.per_device_train_batch_size'),
    eval_batch_size: to('training.per_device_eval_batch_size'),
    gradient_accumulation_steps: to('training.gradient_accumulation_steps'),
    num_epochs: to('training.num_train_epochs'),
    max_steps: to('training.max_steps'),
    optimizer: to('training.optim'),
    lr_scheduler: (value, others) =>
      value === 'cosine' && others.get('cosine_min_lr_ratio') !== undefined
        ? { set: { 'training.lr_scheduler_type': 'cosine_with_min_lr' } }
        : { set: { 'training.lr_scheduler_type': value } },
    cosine_min_lr_ratio: (value, others) => ({
      set: {
        ...(others.get('lr_scheduler') === undefined && {
          'training.lr_scheduler_type': 'cosine_with_min_lr',
        }),
        'training.lr_scheduler_kwargs': { min_lr_rate: value },
      },
    }),
    embedding_lr: to('training.embedding_learning_rate'),
    noisy_embedding_alpha: to('training.neftune_noise_alpha'),
    evals_per_epoch: perEpoch('eval'),
    saves_per_epoch: perEpoch('save'),
    eval_steps: everySteps('eval'),
    save_steps: everySteps('save'),
    flash_attention: flagTo('model.attn_implementation', 'flash_attention_2'),
    sdp_attention: flagTo('model.attn_implementation', 'sdpa'),
    eager_attention: flagTo('model.attn_implementation', 'eager'),
    flex_attention: flagTo('model.attn_implementation', 'flex_attention'),
    xformers_attention: refuse('transformers has sdpa and flash attention instead'),
    s2_attention: refuse('it changes what the model attends to'),
    tokens: (value) => ({ set: { 'tokenizer.add_tokens': namesOf(value) } }),
    special_tokens: refuse('the special tokens are those of the tokenizer; padding is never trained on'),
    added_tokens_overrides: refuse('tokenizer.add_tokens adds tokens; none is renamed'),
    unfrozen_parameters: refuse('lora.modules_to_save trains modules in full'),
    rl: refuse('this version trains on examples, not on preference pairs'),
    output_dir: implied(ownFolder),
    auto_resume_from_checkpoints: implied('`lorch resume RUN` goes on'),
    wandb_project: () => ({
      set: { 'training.report_to': 'wandb' },
      note: 'WANDB_PROJECT in the environment names the project',
    }),
    use_tensorboard: flagTo('training.report_to', 'tensorboard'),
    wandb_entity: wandb,
    wandb_watch: wandb,
    wandb_name: implied('the run is called by `name:`'),
    wandb_run_id: wandb,
    wandb_log_model: wandb,
    hub_model_id: refuse(ownPublishing),
    push_dataset_to_hub: refuse(ownPublishing),
    deepspeed: refuse(oneProcess),
    fsdp: refuse(oneProcess),
    fsdp_config: refuse(oneProcess),
    local_rank: refuse(oneProcess),
    plugins: refuse('plugins of the other tool; training.use_liger_kernel has the Liger kernels'),
    liger_fused_linear_cross_entropy: to('training.use_liger_kernel'),
    strict: implied('every key is checked'),
    debug: refuse('`lorch data review` shows what the model sees'),
  },
  defaults: {
    'training.num_train_epochs': 1,
    'training.per_device_train_batch_size': 1,
    'training.gradient_accumulation_steps': 1,
    'training.lr_scheduler_type': 'cosine',
  },
};
