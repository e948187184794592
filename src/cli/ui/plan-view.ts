// A plan on one screen.
import stringWidth from 'string-width';
import { groundOf } from '../../model/calibration.ts';
import type { Plan, PlannedMemory } from '../../run/plan.ts';
import { reviewSentence } from '../../run/review-sentence.ts';
import { renderFindings } from './diagnostic.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from './format.ts';
import { paint, visible } from './paint.ts';
import { renderTable } from './table.ts';

/** What will happen, part by part; ends in a newline. */
export function renderPlan(plan: Plan, style: { color: boolean; columns: number }): string {
  const ink = paint(style.color);
  const title = plan.sweep ? `${plan.name}  (${plan.sweep.index + 1} of ${plan.sweep.count})` : plan.name;
  const parts: [string, string[]][] = [
    ['base', baseLines(plan)],
    ['data', dataLines(plan)],
    ['tokens', tokenLines(plan)],
    ['adapter', adapterLines(plan)],
    ['training', trainingLines(plan)],
    ['memory', memoryLines(plan)],
    ['time', timeLines(plan)],
    ['disk', diskLines(plan)],
    ['review', [reviewSentence(plan.review)]],
    ['plan', [`${plan.plan_hash.slice(0, 16)}`]],
  ];
  const lines = parts
    .filter(([, texts]) => texts.length > 0)
    .flatMap(([name, texts]) =>
      texts.flatMap((text, i) =>
        wrap(visible(text), style.columns - 12).map(
          (piece, j) => `  ${ink.dim((i === 0 && j === 0 ? name : '').padEnd(9))} ${piece}`,
        ),
      ),
    );
  return `${ink.bold(visible(title))}\n${lines.join('\n')}\n`;
}

function baseLines(plan: Plan): string[] {
  const { base_model: base, model } = plan;
  const revision = base.revision ? ` @ ${base.revision.slice(0, 12)}` : '';
  const quantization = plan.quantization?.load_in_4bit
    ? `4-bit ${plan.quantization.bnb_4bit_quant_type}${plan.quantization.bnb_4bit_use_double_quant ? ', double quantization' : ''}, computing in ${plan.quantization.bnb_4bit_compute_dtype}`
    : plan.quantization?.load_in_8bit
      ? '8-bit'
      : model.dtype;
  return [`${base.id}${revision} · ${base.architecture} · ${quantization} · ${model.attn_implementation}`];
}

function dataLines(plan: Plan): string[] {
  const { dataset } = plan;
  const dropped = Object.entries(dataset.dropped);
  const total = dropped.reduce((sum, [, n]) => sum + n, 0);
  const why = dropped.map(([code, n]) => `${code} × ${n}`).join(', ');
  return [
    `${dataset.files.map((file) => file.path).join(', ')} · ${dataset.format}`,
    `${formatCount(dataset.rows_in)} rows = ${formatCount(dataset.train.rows)} train + ${formatCount(dataset.validation?.rows ?? 0)} validation + ${formatCount(total)} dropped${why ? ` (${why})` : ''}`,
    ...(dataset.checks
      ? [`check settings: ${Object.entries(dataset.checks).map(showSetting).join(', ')}`]
      : []),
  ];
}

function showSetting([code, setting]: [string, unknown]): string {
  return `${code} ${typeof setting === 'string' ? setting : JSON.stringify(setting)}`;
}

function tokenLines(plan: Plan): string[] {
  const { train, lengths, truncated_rows: cut, lost_eot_rows: lost, template } = plan.dataset;
  return [
    `${formatCount(train.tokens)} to train on, ${formatCount(train.trained_tokens)} with a label (${formatShare(train.trained_tokens, train.tokens)}) · template: ${template.kind}`,
    `lengths: half ≤ ${lengths.p50}, 90 % ≤ ${lengths.p90}, 99 % ≤ ${lengths.p99}, longest ${lengths.max}` +
      (cut > 0
        ? ` · ${formatCount(cut)} cut at max_length ${plan.training.max_length}, ${formatCount(lost)} lose their end of turn`
        : ' · none cut'),
  ];
}

function adapterLines(plan: Plan): string[] {
  const { lora, forecast } = plan;
  const targets = Array.isArray(lora.target_modules)
    ? lora.target_modules.join(', ')
    : String(lora.target_modules);
  const saved = Array.isArray(lora.modules_to_save) && lora.modules_to_save.length > 0;
  const lines = [
    `r ${lora.r}, alpha ${lora.lora_alpha}, dropout ${lora.lora_dropout} on ${targets}${saved ? `; ${(lora.modules_to_save as string[]).join(', ')} trained in full` : ''}`,
  ];
  const parameters = forecast.parameters;
  if (parameters)
    lines.push(
      `${formatCount(parameters.trainable)} of ${formatCount(parameters.total)} parameters train (${formatShare(parameters.trainable, parameters.total)}) in ${parameters.modules.length} modules`,
    );
  return lines;
}

function trainingLines(plan: Plan): string[] {
  const { training, forecast } = plan;
  const batch = Number(training.per_device_train_batch_size) * Number(training.gradient_accumulation_steps);
  return [
    `${forecast.steps.total} steps (${forecast.steps.per_epoch} an epoch), batch ${batch} (${training.per_device_train_batch_size} × ${training.gradient_accumulation_steps}), learning rate ${formatNumber(Number(training.learning_rate))} ${training.lr_scheduler_type}, ${training.optim}, seed ${training.seed}`,
  ];
}

function memoryLines(plan: Plan): string[] {
  const memory = plan.forecast.memory;
  if (!memory) return [];
  const parts = Object.entries(memory.components)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([name, bytes]) => `${name.replaceAll('_', ' ')} ${formatBytes(bytes)}`);
  const { low_bytes: low, high_bytes: high, calibrated } = memory;
  const band = low && high ? `(${formatBytes(low)} to ${formatBytes(high)})` : '± 20 %';
  const ground = calibrated
    ? `; formula × ${formatNumber(calibrated.factor)}, from ${groundOf(calibrated)} here`
    : '';
  return [
    `about ${formatBytes(memory.total_bytes)} ${band}: ${parts.join(', ')}${ground}`,
    ...againstGpu(memory),
  ];
}

const verdicts = { fits: 'fits', tight: 'tight', does_not_fit: 'does not fit' };

function againstGpu({ gpu, verdict, largest_batch, changes = [] }: PlannedMemory): string[] {
  if (!gpu || !verdict) return [];
  const batch =
    largest_batch === undefined || largest_batch === 0
      ? 'not even one row fits'
      : `the largest batch that fits is ${formatCount(largest_batch)}`;
  return [
    `${verdicts[verdict]} on ${gpu.name} with ${formatBytes(gpu.bytes)}; ${batch}`,
    ...changes.map(
      (each) =>
        `${each.change}: ${formatBytes(each.total_bytes)}, ${verdicts[each.verdict]} (cost: ${each.cost})`,
    ),
  ];
}

function timeLines(plan: Plan): string[] {
  const time = plan.forecast.time;
  if (!time) return [];
  if (time.seconds === null) return [time.basis];
  const start =
    time.startup_seconds === undefined
      ? ''
      : `, after about ${formatDuration(time.startup_seconds * 1000)} to start`;
  const clock = (seconds: number | null) => formatDuration((seconds ?? 0) * 1000);
  const cost =
    time.cost === undefined ? '' : `, cost ${formatNumber(time.cost)} at ${time.price_per_hour} an hour`;
  return [
    `about ${clock(time.seconds)} (${clock(time.low_seconds)} to ${clock(time.high_seconds)}) for ${formatCount(time.tokens)} tokens${start}${cost}; ${time.basis}`,
  ];
}

function diskLines(plan: Plan): string[] {
  const disk = plan.forecast.disk;
  if (!disk) return [];
  return [
    `${disk.checkpoints} checkpoints × ${formatBytes(disk.checkpoint_bytes)}, ${formatBytes(disk.free_bytes)} free`,
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && stringWidth(line) + 1 + stringWidth(word) > Math.max(width, 20)) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}

/** All plans of one config: the first in full, a sweep's others by what differs; then their findings. */
export function renderPlans(
  plans: readonly Plan[],
  style: { color: boolean; columns: number; isTTY: boolean },
): string {
  const [first] = plans;
  if (!first) return '';
  const seen = new Set<string>();
  const findings = plans
    .flatMap((plan) => plan.findings)
    .filter((finding) => {
      const key = `${finding.code} ${finding.message} ${finding.at?.line}`;
      return seen.has(key) ? false : seen.add(key);
    });
  const sweep =
    plans.length === 1
      ? ''
      : `\n${renderTable(
          [
            { title: 'run' },
            ...Object.keys(first.sweep?.values ?? {}).map((title) => ({ title })),
            { title: 'trainable', align: 'right' as const },
            { title: 'steps', align: 'right' as const },
          ],
          plans.map((plan) => [
            plan.name,
            ...Object.values(plan.sweep?.values ?? {}).map((value) =>
              typeof value === 'number' ? formatNumber(value) : JSON.stringify(value),
            ),
            plan.forecast.parameters ? formatCount(plan.forecast.parameters.trainable) : '–',
            String(plan.forecast.steps.total),
          ]),
          style,
        )}`;
  return (
    renderPlan(first, style) + sweep + (findings.length > 0 ? `\n${renderFindings(findings, style)}` : '')
  );
}
