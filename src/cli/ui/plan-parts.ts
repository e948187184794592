// The parts of a plan's screen that are plain sentences.
import { splitsBase } from '../../model/lora-start.ts';
import type { Plan, PlannedInitAdapter } from '../../run/plan.ts';
import { trainRowsOf, validationRowsOf } from '../../run/split-rows.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from './format.ts';
import { visible } from './paint.ts';
import { sourceLines } from './plan-sources.ts';
import { sparkline } from './sparkline.ts';

export function baseLines(plan: Plan): string[] {
  const { base_model: base, model } = plan;
  const revision = base.revision ? ` @ ${base.revision.slice(0, 12)}` : '';
  const quantization = plan.quantization?.load_in_4bit
    ? `4-bit ${plan.quantization.bnb_4bit_quant_type}${plan.quantization.bnb_4bit_use_double_quant ? ', double quantization' : ''}, computing in ${plan.quantization.bnb_4bit_compute_dtype}`
    : plan.quantization?.load_in_8bit
      ? '8-bit'
      : storedAs(plan);
  return [`${base.id}${revision} · ${base.architecture} · ${quantization} · ${model.attn_implementation}`];
}

function storedAs({ base_model: { stored }, model: { dtype } }: Plan): string {
  if (!stored) return dtype;
  if (stored.method === 'mxfp4') return `${dtype}, unpacked from mxfp4`;
  return `stored by ${stored.method}${stored.bits === null ? '' : ` in ${stored.bits} bits`}, ${dtype}`;
}

export function dataLines(plan: Plan, width: number): string[] {
  const { dataset } = plan;
  const { train } = dataset;
  const rows = trainRowsOf(plan);
  const fed = rows === train.rows ? '' : `; by weight, an epoch feeds ${formatCount(train.rows)}`;
  const dropped = Object.entries(dataset.dropped);
  const total = dropped.reduce((sum, [, n]) => sum + n, 0);
  const why = dropped.map(([code, n]) => `${code} × ${n}`).join(', ');
  return [
    `${dataset.files.map((file) => file.path).join(', ')} · ${dataset.format}`,
    `${formatCount(dataset.rows_in)} rows = ${formatCount(rows)} train + ${formatCount(validationRowsOf(plan))} validation + ${formatCount(total)} dropped${why ? ` (${why})` : ''}${fed}`,
    ...(dataset.groups ?? []).map(
      ({ field, groups, without }) =>
        `split by ${visible(field)}: ${formatCount(groups)} groups, none divided${without > 0 ? `; ${formatCount(without)} rows have no value` : ''}`,
    ),
    ...sourceLines(plan, width),
    ...(dataset.checks
      ? [`check settings: ${Object.entries(dataset.checks).map(showSetting).join(', ')}`]
      : []),
  ];
}

function showSetting([code, setting]: [string, unknown]): string {
  return `${code} ${typeof setting === 'string' ? setting : JSON.stringify(setting)}`;
}

export function tokenLines(plan: Plan, columns: number): string[] {
  const { train, lengths, length_histogram, template, train_on: trainOn = 'answers' } = plan.dataset;
  return [
    `${formatCount(train.tokens)} to train on, ${formatCount(train.trained_tokens)} with a label (${formatShare(train.trained_tokens, train.tokens)}) · ${template.kind === 'none' ? 'no template' : `template: ${template.kind}${kwargsOf(template.kwargs)}${template.date ? `, date ${template.date}` : ''}`} · train on ${typeof trainOn === 'string' ? trainOn : trainOn.join(', ')}`,
    ...lengthLines(
      length_histogram ?? [],
      columns,
      (train.sequences ?? train.rows) > train.rows ? 'sequence' : 'row',
    ),
    `lengths: half ≤ ${lengths.p50}, 90 % ≤ ${lengths.p90}, 99 % ≤ ${lengths.p99}, longest ${lengths.max} · ${cutText(plan)}`,
  ];
}

function kwargsOf(kwargs: Record<string, unknown> | undefined): string {
  const set = Object.entries(kwargs ?? {}).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return set.length > 0 ? ` (${set.join(', ')})` : '';
}

/** What max_length does to the rows. */
function cutText({ dataset, training }: Plan): string {
  const { truncated_rows: cut, lost_eot_rows: lost, truncate = 'right', train, validation } = dataset;
  const limit = `max_length ${training.max_length}`;
  const [rows, sequences] = [train, validation].reduce(
    ([r, s], split) => [r + (split?.rows ?? 0), s + (split?.sequences ?? split?.rows ?? 0)],
    [0, 0],
  );
  if (sequences > rows)
    return `${formatCount(rows)} texts split at ${limit} into ${formatCount(sequences)} sequences`;
  if (cut === 0)
    return truncate === 'drop' && dataset.dropped.T030 ? `longer ones dropped (${limit})` : 'none cut';
  if (truncate === 'left') return `${formatCount(cut)} cut at the beginning at ${limit}`;
  return `${formatCount(cut)} cut at ${limit}, ${formatCount(lost)} lose their end of turn`;
}

/** The shape of the lengths, and under it where it starts and ends. */
function lengthLines(bins: readonly { upto: number; rows: number }[], columns: number, of: string): string[] {
  const [first, second] = bins;
  const last = bins.at(-1);
  // One bin has no shape.
  if (!first || !second || !last) return [];
  const unit = ` tokens a ${of}`;
  const bars = sparkline(
    bins.map(({ rows }) => rows),
    columns - 12 - unit.length,
  );
  const from = formatCount(first.upto - (second.upto - first.upto));
  const upto = formatCount(last.upto);
  const gap = Math.max(1, bars.length - from.length - upto.length);
  return [bars, `${from}${' '.repeat(gap)}${upto}${unit}`];
}

export function adapterLines(plan: Plan): string[] {
  const { lora, forecast } = plan;
  const targets = [lora.target_modules, lora.target_parameters ?? []].flat().join(', ');
  const saved = Array.isArray(lora.modules_to_save) && lora.modules_to_save.length > 0;
  const lines = [
    `r ${lora.r}, alpha ${lora.lora_alpha}, dropout ${lora.lora_dropout} on ${targets}${saved ? `; ${(lora.modules_to_save as string[]).join(', ')} trained in full` : ''}`,
  ];
  if (plan.init_adapter) lines.unshift(goesOnLine(plan.init_adapter));
  const start = startLine(plan);
  if (start) lines.push(start);
  const parameters = forecast.parameters;
  if (parameters)
    lines.push(
      `${formatCount(parameters.trainable)} of ${formatCount(parameters.total)} parameters train (${formatShare(parameters.trainable, parameters.total)}) in ${parameters.modules.length} modules`,
    );
  return lines;
}

/** What the adapter starts from. */
function goesOnLine({ from, mode, run, revision, files }: PlannedInitAdapter): string {
  const source = run ? `run ${run}` : `${from}${revision ? ` @ ${revision.slice(0, 12)}` : ''}`;
  const sha256 = files['adapter_model.safetensors']?.sha256.slice(0, 12);
  return mode === 'continue'
    ? `starts from ${source} (SHA-256 ${sha256}…)`
    : `new, on the base with ${source} fused into it (SHA-256 ${sha256}…)`;
}

/** How the adapter begins if that is computed, and what it means for the adapter that is saved. */
function startLine({ lora }: Plan): string | undefined {
  const { init_lora_weights: init, r } = lora;
  if (init === 'eva') return 'starts from the main directions of the training rows (eva), with B zero';
  if (!splitsBase(lora)) return undefined;
  return `starts from a part of the base (${init}); saved as an ordinary LoRA of rank ${2 * Number(r)} over the original base`;
}

export function trainingLines(plan: Plan): string[] {
  const { training, forecast } = plan;
  const batch = Number(training.per_device_train_batch_size) * Number(training.gradient_accumulation_steps);
  const most = training.early_stopping_patience ? 'at most ' : '';
  return [
    `${most}${forecast.steps.total} steps (${forecast.steps.per_epoch} an epoch), batch ${batch} (${training.per_device_train_batch_size} × ${training.gradient_accumulation_steps}), learning rate ${formatNumber(Number(training.learning_rate))} ${training.lr_scheduler_type}${otherRates(plan)}, ${training.optim}, seed ${training.seed}`,
    ...evaluationLines(plan),
  ];
}

function evaluationLines({ training, forecast: { evaluations }, dataset }: Plan): string[] {
  if (!evaluations) return [];
  const patience = Number(training.early_stopping_patience ?? 0);
  const threshold = Number(training.early_stopping_threshold ?? 0);
  const rows = dataset.validation?.rows ?? 0;
  const times = evaluations === 1 ? 'once' : `${formatCount(evaluations)} times`;
  const parts = [
    `evaluated ${patience > 0 ? 'at most ' : ''}${times} on ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`,
  ];
  if (patience > 0) {
    const by = threshold > 0 ? ` by more than ${formatNumber(threshold)}` : '';
    const count = patience === 1 ? '1 evaluation' : `${formatCount(patience)} evaluations in a row`;
    parts.push(`stops early after ${count} without a better ${training.metric_for_best_model}${by}`);
  }
  if (training.load_best_model_at_end)
    parts.push(`the adapter is the best by ${training.metric_for_best_model}`);
  return [parts.join('; ')];
}

/** Rates of single kinds of parameters; empty if all share one. Absent in plans of earlier versions. */
function otherRates({ training }: Plan): string {
  const rate = Number(training.learning_rate);
  const {
    loraplus_lr_ratio: ratio,
    loraplus_lr_embedding: adapted,
    embedding_learning_rate: full,
  } = training;
  const rates = [
    ...(typeof ratio === 'number' ? [`B matrices ${formatNumber(rate * ratio)}`] : []),
    ...(typeof adapted === 'number' ? [`adapters on embeddings ${formatNumber(adapted)}`] : []),
    ...(typeof full === 'number' ? [`embeddings in full ${formatNumber(full)}`] : []),
  ];
  return rates.length > 0 ? ` (${rates.join(', ')})` : '';
}

export function timeLines(plan: Plan): string[] {
  const { time } = plan.forecast;
  if (!time) return [];
  if (time.seconds === null) return [time.basis];
  const clock = (seconds: number | null) => formatDuration((seconds ?? 0) * 1000);
  const start =
    time.startup_seconds === undefined ? '' : `, after about ${clock(time.startup_seconds)} to start`;
  const cost =
    time.cost === undefined ? '' : `, cost about ${costText(time.cost)} at ${time.price_per_hour} an hour`;
  return [
    `${plan.training.early_stopping_patience ? 'at most ' : ''}about ${clock(time.seconds)} (${clock(time.low_seconds)} to ${clock(time.high_seconds)}) for ${formatCount(time.tokens)} tokens${start}${cost}`,
    time.basis,
  ];
}

/** Cents if there are any. */
function costText(cost: number): string {
  return cost >= 0.01 ? cost.toFixed(2) : formatNumber(cost);
}

export function diskLines(plan: Plan): string[] {
  const { disk } = plan.forecast;
  if (!disk) return [];
  const adapter = disk.adapter_bytes === undefined ? '' : ` + adapter ${formatBytes(disk.adapter_bytes)}`;
  const total = disk.total_bytes === undefined ? '' : ` = ${formatBytes(disk.total_bytes)}`;
  const counted = disk.checkpoints * disk.checkpoint_bytes + (disk.adapter_bytes ?? 0);
  const rest = disk.adapter_bytes === undefined ? 0 : (disk.total_bytes ?? counted) - counted;
  const start = rest > 0 ? ` + its start ${formatBytes(rest)}` : '';
  const merged = disk.merged_bytes ? `; merged, the model would take ${formatBytes(disk.merged_bytes)}` : '';
  return [
    `${formatCount(disk.checkpoints)} checkpoint${disk.checkpoints === 1 ? '' : 's'} × ${formatBytes(disk.checkpoint_bytes)}${adapter}${start}${total}, ${formatBytes(disk.free_bytes)} free${merged}`,
  ];
}
