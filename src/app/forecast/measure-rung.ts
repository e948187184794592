// Takes real training steps of one size in a separate process, and records the measurement before returning it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RenderedConfig } from '../../config/render/index.ts';
import type { RungSize } from '../../model/ladder.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { runTrainer } from '../../python/run-trainer.ts';
import { makeTemporaryFolder } from '../files/temporary-files.ts';
import { appendRung, peakOf } from './calibration-file.ts';
import { deviceKey } from './past-runs.ts';

/** At most this many steps, even if they take almost no time. */
const mostSteps = 50;

/** TRL's settings for timed steps only: no evaluation, no checkpoints, rows of one length, one batch per step. */
export function rungTraining(
  training: RenderedConfig['training'],
  { batch, sequenceTokens }: RungSize,
): Record<string, unknown> {
  return {
    ...training,
    per_device_train_batch_size: batch,
    per_device_eval_batch_size: batch,
    gradient_accumulation_steps: 1,
    max_length: sequenceTokens,
    max_steps: mostSteps,
    num_train_epochs: 1,
    // Random tokens teach nothing, so a tiny learning rate keeps training from diverging.
    learning_rate: 1e-6,
    lr_scheduler_type: 'constant',
    lr_scheduler_kwargs: null,
    warmup_steps: 0,
    logging_strategy: 'steps',
    logging_steps: 1,
    report_to: 'none',
    eval_strategy: 'no',
    eval_on_start: false,
    save_strategy: 'no',
    load_best_model_at_end: false,
    metric_for_best_model: null,
    greater_is_better: null,
    early_stopping_patience: null,
    early_stopping_threshold: null,
  };
}

const answer = z.object({
  device: z.object({ kind: z.string(), name: z.string() }),
  steps: z.number(),
  step_ms: z.number(),
  tokens_per_second: z.number(),
  allocated_peak_bytes: z.number().nullable(),
  reserved_peak_bytes: z.number().nullable(),
  rss_peak_bytes: z.number(),
});

export interface RungMeasurement {
  /** The device as later plans identify it. */
  device: string;
  /** Reserved on a GPU, resident on the CPU. */
  peak_bytes: number;
  reserved_peak_bytes: number | null;
  allocated_peak_bytes: number | null;
  rss_peak_bytes: number;
  steps: number;
  /** The median of all steps but the first. */
  step_ms: number;
  tokens_per_second: number;
}

export interface MeasureRequest {
  workspace: { runsDir: string };
  seconds: number;
  python(): Promise<PythonEnv>;
  lorchVersion: string;
  now(): number;
  signal: AbortSignal;
  onStep(done: number): void;
}

export interface RungContext {
  ladder: string;
  base: { id: string; path: string | null; revision: string | null };
  modelType: string;
  rendered: RenderedConfig;
}

/** Throws the trainer's error (R005: out of memory) or the signal's reason; then nothing is written. */
export async function measureRung(
  request: MeasureRequest,
  { ladder, base, modelType, rendered }: RungContext,
  size: RungSize,
  forecast: { memory_bytes: number | null; flops_per_token: number | null },
): Promise<RungMeasurement> {
  const { path: folder, remove } = await makeTemporaryFolder('lorch-calibrate-');
  try {
    await mkdir(join(folder, 'data'));
    const { method, model, lora, quantization, training, resources } = rendered;
    const plan = {
      plan_hash: ladder,
      lorch_version: request.lorchVersion,
      name: 'calibration',
      base_model: base,
      method,
      model,
      lora,
      quantization,
      training: rungTraining(training, size),
      resources,
      forecast: { parameters: null, steps: { per_epoch: mostSteps, total: mostSteps } },
    };
    const spec = { folder, seconds: request.seconds, plan };
    const { signal } = request;
    const value = await runTrainer(await request.python(), 'calibrate', spec, {
      signal,
      onProgress: ({ done }) => request.onStep(done),
    });
    const { device, ...figures } = answer.parse(value);
    const measured = { device: deviceKey(device), ...figures };
    await appendRung(request.workspace.runsDir, {
      v: 1,
      ladder,
      t: request.now(),
      base: base.id,
      model_type: modelType,
      batch: size.batch,
      sequence_tokens: size.sequenceTokens,
      flops_per_token: forecast.flops_per_token,
      forecast_bytes: forecast.memory_bytes,
      ...measured,
    });
    return { ...measured, peak_bytes: peakOf(measured) };
  } finally {
    await remove();
  }
}
