import type { LoraCount } from './count-lora.ts';
import { matrixParameters, splitsBase } from './lora-start.ts';
import { adapterBytes } from './memory.ts';
import { optimizerStateBytes } from './optimizer-state.ts';

export interface CheckpointSettings {
  quantization: Readonly<Record<string, unknown>> | null;
  /** SFTConfig fields: optim, save_only_model. */
  training: Readonly<Record<string, unknown>>;
  /** Bytes of the tokenizer folder, which each checkpoint carries. */
  tokenizerBytes: number;
}

/** Scheduler, random states and the trainer's state. */
const stateFilesBytes = 90_000;
/** adapter_config.json and the model card. */
const adapterFilesBytes = 8_000;

/** Bytes of an adapter's folder as a checkpoint has it: its weights, and the tokenizer. */
export function estimateAdapterBytes(
  count: LoraCount,
  { quantization, tokenizerBytes }: Pick<CheckpointSettings, 'quantization' | 'tokenizerBytes'>,
): number {
  return count.trainable * adapterBytes(quantization) + tokenizerBytes + adapterFilesBytes;
}

/**
 * Bytes beyond that of a start which splits the base: the finished adapter has twice the rank, and the run folder
 * keeps the first A and B matrices in fp32. 0 for other starts.
 */
export function estimateStartBytes(count: LoraCount, lora: Readonly<Record<string, unknown>>): number {
  return splitsBase(lora) ? matrixParameters(count, lora) * 4 : 0;
}

/** Bytes of one checkpoint: the adapter as it is at the end, and optimizer state. */
export function estimateCheckpointBytes(count: LoraCount, settings: CheckpointSettings): number {
  const { training, quantization } = settings;
  const width = adapterBytes(quantization);
  const optimizer =
    training.save_only_model === true
      ? 0
      : optimizerStateBytes(String(training.optim ?? 'adamw_torch'), width);
  return estimateAdapterBytes(count, settings) + Math.round(count.trainable * optimizer) + stateFilesBytes;
}

/** How many checkpoints lie on disk at most: by schedule, cut by save_total_limit, and the best one beside the last. */
export function countCheckpoints(
  training: Readonly<Record<string, unknown>>,
  steps: { perEpoch: number; total: number },
): number {
  const strategy = training.save_strategy ?? 'steps';
  if (strategy === 'no') return 1;
  const every =
    strategy === 'epoch' ? steps.perEpoch : saveEvery(Number(training.save_steps ?? 500), steps.total);
  // The end of training saves too.
  const written = Math.max(1, Math.ceil(steps.total / every));
  const limit = training.save_total_limit;
  if (typeof limit !== 'number' || limit <= 0) return written;
  const kept = training.load_best_model_at_end === true ? Math.max(limit, 2) : limit;
  // The new one is written before an old one goes.
  return Math.min(written, kept + 1);
}

/** A fraction below 1 is a share of all steps, as in transformers. */
function saveEvery(saveSteps: number, total: number): number {
  return Math.max(1, saveSteps < 1 ? Math.ceil(total * saveSteps) : saveSteps);
}
