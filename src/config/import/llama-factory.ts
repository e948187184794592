// LLaMA-Factory: flat YAML, JSON, or the arguments of `llamafactory-cli train`.
import { datasetPath } from './dataset-path.ts';
import { choose, implied, isOn, namesOf, type Rule, refuse, type Tool, to } from './setting.ts';
import { attention, heldOut, sharedRules, template } from './shared-rules.ts';

// dataset_info.json says which file each name of a dataset means.
const datasets =
  (setting: string): Rule =>
  (value, others) => {
    const folder = String(others.get('dataset_dir') ?? 'data').replace(/^\.\//, '');
    const paths = namesOf(value).map((name) => {
      const found = datasetPath(name);
      return 'path' in found ? found.path : `${folder}/${name}.json`;
    });
    return {
      set: { [setting]: paths.length === 1 ? paths[0] : paths },
      note: `${folder}/dataset_info.json says which file each name means: put the right paths here`,
    };
  };

const stages = choose(
  { sft: { implied: 'it trains on examples' }, pt: { set: { 'dataset.format': 'text' } } },
  refuse('this version trains on examples (sft) and on plain texts (pt)'),
);

/** LLaMA-Factory. */
export const llamaFactory: Tool = {
  name: 'llama-factory',
  signs: [
    'stage',
    'finetuning_type',
    'cutoff_len',
    'lora_target',
    'template',
    'quantization_bit',
    'lora_rank',
    'flash_attn',
    'dataset_dir',
    'preprocessing_num_workers',
    'plot_loss',
    'overwrite_cache',
    'val_size',
    'neat_packing',
    'mask_history',
  ],
  rules: {
    ...sharedRules,
    model_name_or_path: to('base_model'),
    model_revision: to('revision'),
    adapter_name_or_path: to('init_adapter'),
    stage: stages,
    finetuning_type: choose(
      { lora: { implied: 'lorch trains LoRA' } },
      refuse('this version trains LoRA adapters'),
    ),
    lora_rank: to('lora.r'),
    lora_alpha: to('lora.lora_alpha'),
    lora_dropout: to('lora.lora_dropout'),
    lora_target: (value) => ({
      set: { 'lora.target_modules': String(value) === 'all' ? 'all-linear' : namesOf(value) },
    }),
    additional_target: (value) => ({ set: { 'lora.modules_to_save': namesOf(value) } }),
    create_new_adapter: refuse('init_adapter: { from, mode: fuse } starts a new adapter on top of another'),
    pissa_init: (value, others) =>
      isOn(value)
        ? {
            set: {
              'lora.init_lora_weights':
                Number(others.get('pissa_iter') ?? 16) > 0
                  ? `pissa_niter_${others.get('pissa_iter') ?? 16}`
                  : 'pissa',
            },
          }
        : { implied: 'it is off' },
    pissa_iter: implied('it is part of lora.init_lora_weights'),
    pissa_convert: implied('PiSSA is saved as a plain LoRA'),
    quantization_bit: choose(
      {
        4: { set: { 'quantization.load_in_4bit': true } },
        8: { set: { 'quantization.load_in_8bit': true } },
      },
      refuse('bitsandbytes has 4 and 8 bit'),
    ),
    quantization_method: choose(
      {
        bnb: { implied: 'lorch quantizes with bitsandbytes' },
        bitsandbytes: { implied: 'lorch quantizes with bitsandbytes' },
      },
      refuse('lorch quantizes with bitsandbytes'),
    ),
    quantization_type: to('quantization.bnb_4bit_quant_type'),
    double_quantization: to('quantization.bnb_4bit_use_double_quant'),
    dataset: datasets('dataset.train'),
    eval_dataset: datasets('dataset.validation'),
    dataset_dir: implied('paths of datasets are written in full'),
    val_size: heldOut,
    template,
    enable_thinking: (value) => ({ set: { 'dataset.template_kwargs': { enable_thinking: value } } }),
    cutoff_len: to('training.max_length'),
    train_on_prompt: (value) =>
      isOn(value) ? { set: { 'dataset.train_on': 'all' } } : { set: { 'dataset.train_on': 'answers' } },
    mask_history: (value) =>
      isOn(value) ? { set: { 'dataset.train_on': 'last' } } : { implied: 'every answer is trained' },
    max_samples: refuse('write the source as { path, limit }'),
    neat_packing: (value) => (isOn(value) ? { set: { 'training.packing': true } } : { implied: 'it is off' }),
    overwrite_cache: implied('the cache is keyed by content'),
    preprocessing_num_workers: implied('rows are prepared once'),
    tokenized_path: implied('prepared rows are kept in the cache'),
    cache_dir: refuse('set HF_HOME in the environment'),
    flash_attn: attention,
    enable_liger_kernel: to('training.use_liger_kernel'),
    disable_gradient_checkpointing: (value) => ({ set: { 'training.gradient_checkpointing': !isOn(value) } }),
    upcast_layernorm: refuse('layers keep the dtype of the model'),
    use_unsloth: implied('a faster kernel of the other tool; the result is the same'),
    shift_attn: refuse('it changes what the model attends to'),
    rope_scaling: refuse('the model is trained as its config.json says'),
    resize_vocab: implied('rows are added for tokenizer.add_tokens'),
    add_tokens: (value) => ({ set: { 'tokenizer.add_tokens': namesOf(value) } }),
    add_special_tokens: (value) => ({ set: { 'tokenizer.add_special_tokens': namesOf(value) } }),
    new_special_tokens: (value) => ({ set: { 'tokenizer.add_special_tokens': namesOf(value) } }),
    use_fast_tokenizer: implied('the fast tokenizer is used'),
    plot_loss: implied('`lorch show RUN` draws the loss'),
    moe_aux_loss_coef: to('training.router_aux_loss_coef'),
    streaming: implied('files are read as streams'),
    mix_strategy: refuse('write weights: train: [{ path, weight }]'),
    interleave_probs: refuse('write weights: train: [{ path, weight }]'),
  },
  defaults: {
    'lora.r': 8,
    'lora.target_modules': 'all-linear',
    'training.max_length': 2048,
    'training.learning_rate': 5e-5,
    'training.num_train_epochs': 3,
    'training.per_device_train_batch_size': 8,
    'training.gradient_accumulation_steps': 1,
    'training.lr_scheduler_type': 'linear',
  },
};
