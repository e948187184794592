// Compares a memory forecast with a GPU: whether it fits, the largest batch that fits, and changes that would make it fit.
import { applyCalibration, type Calibration } from './calibration.ts';
import type { LoraCount } from './count-lora.ts';
import { estimateMemory, judgeMemory, type MemoryForecast, type MemorySettings } from './memory.ts';
import type { ModelFacts } from './modules.ts';

interface MemoryChange {
  /** In words, with what it costs. */
  change: string;
  cost: string;
  /** Fields of the run config, by section. */
  settings: Record<string, Record<string, unknown>>;
  total_bytes: number;
  verdict: MemoryFit['verdict'];
}

export interface MemoryFit {
  verdict: 'fits' | 'tight' | 'does_not_fit';
  /** Rows on the device at once whose whole band fits; 0 if not even one does. */
  largest_batch: number;
  /** Bytes that no setting of the batch changes and that are known exactly: weights, adapters, gradients, optimizer. */
  fixed_bytes: number;
  /** From the cheapest; each alone, then together until the whole band fits. Empty if it does already. */
  changes: MemoryChange[];
}

const mostRows = 4096;

/** Holds settings against a GPU of `deviceBytes`; every suggestion is forecast by the same formula, corrected alike. */
export function fitMemory(
  facts: ModelFacts,
  count: LoraCount,
  settings: MemorySettings,
  deviceBytes: number,
  calibration: Calibration | null = null,
): MemoryFit {
  const forecast = (changed: MemorySettings): MemoryForecast =>
    applyCalibration(estimateMemory(facts, count, changed), calibration);
  const verdictOf = (changed: MemorySettings): MemoryFit['verdict'] => {
    const verdict = judgeMemory(forecast(changed), deviceBytes);
    return verdict === 'does not fit' ? 'does_not_fit' : verdict;
  };
  const now = forecast(settings);
  const { weights = 0, adapters = 0, gradients = 0, optimizer = 0 } = now.components;
  const verdict = verdictOf(settings);
  return {
    verdict,
    largest_batch: largestBatch((rows) => verdictOf(withBatch(settings, rows)) === 'fits'),
    fixed_bytes: weights + adapters + gradients + optimizer,
    changes: verdict === 'fits' ? [] : findChanges(settings, now.total_bytes, forecast, verdictOf),
  };
}

function withBatch(settings: MemorySettings, rows: number): MemorySettings {
  return { ...settings, training: { ...settings.training, per_device_train_batch_size: rows } };
}

/** The largest number that still fits, by doubling and then bisection. */
function largestBatch(fits: (rows: number) => boolean): number {
  if (!fits(1)) return 0;
  let low = 1;
  while (low < mostRows && fits(low * 2)) low *= 2;
  if (low >= mostRows) return low;
  for (let high = low * 2; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

interface Candidate {
  change: string;
  cost: string;
  settings: Record<string, Record<string, unknown>>;
  apply(settings: MemorySettings): MemorySettings;
}

function findChanges(
  settings: MemorySettings,
  totalBytes: number,
  forecast: (changed: MemorySettings) => MemoryForecast,
  verdictOf: (changed: MemorySettings) => MemoryFit['verdict'],
): MemoryChange[] {
  const all = candidates(settings).filter(
    ({ apply }) => forecast(apply(settings)).total_bytes < 0.99 * totalBytes,
  );
  const evaluate = ({ change, cost, settings: fields, apply }: Candidate): MemoryChange => {
    const changed = apply(settings);
    return {
      change,
      cost,
      settings: fields,
      total_bytes: forecast(changed).total_bytes,
      verdict: verdictOf(changed),
    };
  };
  const alone = all.map(evaluate);
  if (alone.some(({ verdict }) => verdict === 'fits')) return alone;
  // If no change is enough alone, combine them, starting with those that cost least.
  let joined = all[0];
  for (const next of all.slice(1)) {
    if (!joined) break;
    joined = join(joined, next);
    const together = evaluate(joined);
    if (together.verdict === 'fits') return [...alone, together];
  }
  return alone;
}

function join(a: Candidate, b: Candidate): Candidate {
  const settings = { ...a.settings };
  for (const [section, fields] of Object.entries(b.settings))
    settings[section] = { ...settings[section], ...fields };
  return {
    change: `${a.change}; ${b.change}`,
    cost: `${a.cost}; ${b.cost}`,
    settings,
    apply: (before) => b.apply(a.apply(before)),
  };
}

/** Changes that these settings leave open, the cheapest first. Costs: reference figures, docs/forecasts.md. */
function candidates({
  training,
  quantization,
  lora,
  sequenceTokens,
  evaluationTokens = 0,
}: MemorySettings): Candidate[] {
  const rows = Number(training.per_device_train_batch_size ?? 1);
  const steps = Number(training.gradient_accumulation_steps ?? 1);
  const found: Candidate[] = [];
  const train = (change: string, cost: string, fields: Record<string, unknown>): void => {
    found.push({
      change,
      cost,
      settings: { training: fields },
      apply: (before) => ({ ...before, training: { ...before.training, ...fields } }),
    });
  };
  if (rows > 1)
    train(`one row at a time, accumulated over ${rows * steps} steps`, 'the same result, less throughput', {
      per_device_train_batch_size: 1,
      gradient_accumulation_steps: rows * steps,
    });
  if (evaluationTokens > 0 && Number(training.per_device_eval_batch_size ?? 8) > 1)
    train('evaluation of one row at a time', 'slower evaluation', { per_device_eval_batch_size: 1 });
  if (!/8bit/.test(String(training.optim ?? '')))
    train('8-bit optimizer states', 'about 5 % of the speed', { optim: 'adamw_bnb_8bit' });
  if (training.gradient_checkpointing === false)
    train('gradient checkpointing', 'about a fifth of the speed', { gradient_checkpointing: true });
  if (Number(lora.lora_dropout ?? 0) > 0)
    found.push({
      change: 'no LoRA dropout',
      cost: 'less regularisation',
      settings: { lora: { lora_dropout: 0 } },
      apply: (before) => ({ ...before, lora: { ...before.lora, lora_dropout: 0 } }),
    });
  if (!quantization) {
    const nf4 = {
      load_in_4bit: true,
      bnb_4bit_quant_type: 'nf4',
      bnb_4bit_use_double_quant: true,
      bnb_4bit_compute_dtype: 'bfloat16',
    };
    found.push({
      change: 'QLoRA: the base in 4 bits',
      cost: '2 to 38 % of the speed, and a base that is rounded',
      settings: { quantization: nf4 },
      apply: (before) => ({ ...before, quantization: nf4 }),
    });
  }
  const half = Math.ceil(sequenceTokens / 2);
  if (half >= 128)
    found.push({
      change: `sequences of at most ${half} tokens`,
      cost: 'longer rows are cut',
      settings: { training: { max_length: half } },
      apply: (before) => ({ ...before, sequenceTokens: half }),
    });
  return found;
}
