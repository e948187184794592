import { withoutWarmup } from '../rules/schedule.ts';
import type { RunConfig } from '../schema/run.ts';
import { trainingSection } from '../schema/training.ts';
import type { MachineFacts } from './machine-facts.ts';
import { effectiveStrategies } from './strategies.ts';

/** Arguments for TRL's SFTConfig: every field a config may set, and those that lorch fixes for what it promises. */
export function renderTraining(config: RunConfig, machine: MachineFacts): Record<string, unknown> {
  const { training, model, dataset } = config;
  const validates = dataset.validation !== undefined;
  const strategies = effectiveStrategies(training, validates);
  const evaluates = strategies.eval_strategy !== 'no';
  const metric = training.metric_for_best_model ?? (evaluates ? 'eval_loss' : null);
  const fields = Object.keys(trainingSection.shape) as (keyof typeof training)[];
  return {
    ...Object.fromEntries(fields.map((name) => [name, training[name] ?? null])),
    ...strategies,
    ...precision(config),
    run_name: config.name,
    num_train_epochs: training.num_train_epochs ?? 3,
    per_device_eval_batch_size: training.per_device_eval_batch_size ?? training.per_device_train_batch_size,
    max_length: training.max_length === 'none' ? null : training.max_length,
    packing_strategy: training.packing_strategy ?? 'bfd',
    eval_packing: training.eval_packing ?? training.packing,
    data_seed: training.data_seed ?? training.seed,
    warmup_steps: training.warmup_steps ?? (withoutWarmup.includes(training.lr_scheduler_type) ? 0 : 0.03),
    optim_args: training.optim_args ?? (training.optim === 'muon' ? 'adjust_lr_fn=match_rms_adamw' : null),
    logging_steps: training.logging_steps ?? 1,
    report_to: training.report_to.length === 0 ? 'none' : training.report_to,
    project: training.project ?? 'huggingface',
    gradient_checkpointing_kwargs: training.gradient_checkpointing
      ? (training.gradient_checkpointing_kwargs ?? { use_reentrant: false })
      : null,
    metric_for_best_model: metric,
    greater_is_better: metric === null ? null : metric.endsWith('accuracy'),
    early_stopping_threshold:
      training.early_stopping_patience === undefined ? null : (training.early_stopping_threshold ?? 0),
    save_total_limit: training.save_total_limit === 'none' ? null : training.save_total_limit,
    dataloader_pin_memory: training.dataloader_pin_memory ?? machine.device === 'cuda',
    use_cpu: machine.device === 'cpu',
    trust_remote_code: model.trust_remote_code,
    ...fixed,
  };
}

/** Fields that lorch owns, written out because its guarantees depend on them. */
const fixed = {
  truncation_mode: 'keep_start',
  use_cache: false,
  auto_find_batch_size: false,
  logging_nan_inf_filter: false,
  include_num_input_tokens_seen: 'no',
  save_only_model: false,
  ignore_data_skip: false,
  push_to_hub: false,
};

/** Mixed precision follows the dtype of the base, unless the config says otherwise. */
function precision({ training, model }: RunConfig): { bf16: boolean; fp16: boolean } {
  const bf16 = training.bf16 ?? (model.dtype === 'bfloat16' && training.fp16 !== true);
  return { bf16, fp16: training.fp16 ?? (model.dtype === 'float16' && !bf16) };
}
