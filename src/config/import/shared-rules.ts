// Settings that several tools take from the same libraries: those of SFTConfig, LoraConfig and BitsAndBytesConfig.

import { loraSection } from '../schema/lora.ts';
import { loraRefused } from '../schema/lora-refused.ts';
import { quantizationSection } from '../schema/quantization.ts';
import { trainingRefused } from '../schema/training/refused.ts';
import { trainingSection } from '../schema/training.ts';
import { choose, implied, isOn, type Rule, refuse, to } from './setting.ts';

/** What this version cannot do, for every tool. */
export const oneProcess = 'this version trains in one process on one device';
export const ownFolder = 'every run gets a folder of its own';
export const ownPublishing = 'publish in a separate step, after a person has looked at the result';

/** Held-out rows as a share; a number of rows has no counterpart. */
export const heldOut: Rule = (value, others) => {
  const share = Number(value);
  if (share === 0) return { implied: 'nothing is held out' };
  if (!(share > 0 && share < 1))
    return { refuse: 'a number of rows; write a share: dataset.validation.fraction' };
  const seed = Number(others.get('seed') ?? 42);
  return {
    set: {
      'dataset.validation.fraction': share,
      ...(Number.isInteger(seed) && { 'dataset.validation.seed': seed }),
    },
  };
};

/** A share of all steps is a number below 1. */
const warmupRatio: Rule = (value) =>
  Number(value) === 0
    ? { implied: 'no warm-up' }
    : { set: { 'training.warmup_steps': Number(value) }, note: 'below 1: a share of all steps' };

/** How often an epoch is evaluated or saved, as a share of all steps. */
export const perEpoch =
  (what: 'eval' | 'save'): Rule =>
  (value, others) => {
    const [times, epochs] = [Number(value), Number(others.get('num_epochs') ?? 1)];
    if (!(times > 0)) return { set: { [`training.${what}_strategy`]: 'no' } };
    if (times === 1) return { set: { [`training.${what}_strategy`]: 'epoch' } };
    const share = Number((1 / (times * epochs)).toPrecision(4));
    if (!(share < 1)) return { refuse: `write training.${what}_steps` };
    return {
      set: { [`training.${what}_strategy`]: 'steps', [`training.${what}_steps`]: share },
      note: `${times} times an epoch: this share of all steps`,
    };
  };

/** Steps of evaluation or saving, which need the strategy as well. */
export const everySteps =
  (what: 'eval' | 'save'): Rule =>
  (value, others) => {
    const strategy =
      others.get(`${what}_strategy`) ?? others.get(`${what === 'eval' ? 'evaluation' : what}_strategy`);
    return {
      set: {
        ...(strategy === undefined && { [`training.${what}_strategy`]: 'steps' }),
        [`training.${what}_steps`]: value,
      },
    };
  };

/** An attention kernel by our name. */
export const attention: Rule = choose(
  {
    fa2: { set: { 'model.attn_implementation': 'flash_attention_2' } },
    fa3: { set: { 'model.attn_implementation': 'flash_attention_3' } },
    disabled: { set: { 'model.attn_implementation': 'eager' } },
    auto: { implied: 'sdpa unless model.attn_implementation says otherwise' },
  },
  to('model.attn_implementation'),
);

/** A dtype by our name. */
const dtype: Rule = choose(
  {
    auto: { implied: 'the dtype follows from model and machine' },
    bf16: { set: { 'model.dtype': 'bfloat16' } },
    fp16: { set: { 'model.dtype': 'float16' } },
    fp32: { set: { 'model.dtype': 'float32' } },
  },
  (value) => ({ set: { 'model.dtype': String(value).replace('torch.', '') } }),
);

/** The dataset's template; names of other tools' own templates have no counterpart. */
export const template: Rule = choose(
  {
    chatml: { set: { 'dataset.template': 'chatml' } },
    alpaca: { set: { 'dataset.template': 'alpaca' } },
    tokenizer_default: { set: { 'dataset.template': 'model' } },
  },
  (value) =>
    /\.(?:jinja2?|j2)$/.test(String(value))
      ? { set: { 'dataset.template': value } }
      : {
          refuse:
            "a template of the tool's own; `auto` takes the one of the model, and a .jinja file any other",
        },
);

const checkpointing: Rule = (value) =>
  typeof value === 'boolean'
    ? { set: { 'training.gradient_checkpointing': value } }
    : {
        set: { 'training.gradient_checkpointing': true },
        note: `${String(value)} is a variant of the other tool`,
      };

/** Quantization that is switched off needs no line. */
const quantized =
  (path: string): Rule =>
  (value) =>
    isOn(value) ? { set: { [path]: true } } : { implied: 'it is off' };

/** By the names of TRL, PEFT and transformers, which LLaMA-Factory and Unsloth pass on. */
export const sharedRules: Readonly<Record<string, Rule>> = {
  load_in_4bit: quantized('quantization.load_in_4bit'),
  load_in_8bit: quantized('quantization.load_in_8bit'),
  warmup_ratio: warmupRatio,
  max_seq_length: to('training.max_length'),
  evaluation_strategy: to('training.eval_strategy'),
  eval_steps: everySteps('eval'),
  save_steps: everySteps('save'),
  group_by_length: (value) =>
    isOn(value)
      ? { set: { 'training.train_sampling_strategy': 'group_by_length' } }
      : { implied: 'rows are shuffled' },
  gradient_checkpointing: checkpointing,
  use_liger: to('training.use_liger_kernel'),
  neftune_alpha: to('training.neftune_noise_alpha'),
  use_cpu: (value) => (isOn(value) ? { set: { 'resources.gpus': 0 } } : { implied: 'the GPU is used' }),
  no_cuda: (value) => (isOn(value) ? { set: { 'resources.gpus': 0 } } : { implied: 'the GPU is used' }),
  trust_remote_code: to('model.trust_remote_code'),
  attn_implementation: to('model.attn_implementation'),
  torch_dtype: dtype,
  dtype,
  output_dir: implied(ownFolder),
  overwrite_output_dir: implied(ownFolder),
  do_train: implied('`lorch train` trains'),
  dataset_text_field: refuse('the format of the rows is detected; dataset.format takes a mapping of fields'),
  assistant_only_loss: (value) =>
    isOn(value)
      ? { set: { 'dataset.train_on': 'answers' } }
      : { implied: 'dataset.train_on says which tokens train' },
  completion_only_loss: (value) => ({ set: { 'dataset.train_on': isOn(value) ? 'answers' : 'all' } }),
  chat_template_path: template,
  padding_side: implied('padding is never trained on'),
  task_type: implied('it is always a causal language model'),
};

/** A setting that has the name of one of ours, or one whose refusal is known by that name. */
export function ownRule(key: string): Rule | null {
  for (const [section, name, refused] of [
    [trainingSection, 'training', trainingRefused],
    [loraSection, 'lora', loraRefused],
    [quantizationSection, 'quantization', null],
  ] as const) {
    if (Object.hasOwn(section.shape, key)) return to(`${name}.${key}`);
    if (!refused) continue;
    const { owned, removed, unsupported } = refused;
    for (const reasons of [owned, removed, unsupported])
      if (Object.hasOwn(reasons, key)) return refuse(reasons[key] as string);
  }
  return null;
}
