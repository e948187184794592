// How many optimizer steps a run takes, exactly as transformers' Trainer and TRL's packing count them.

export interface StepSettings {
  per_device_train_batch_size: number;
  gradient_accumulation_steps: number;
  num_train_epochs: number;
  /** Wins over epochs if positive; -1 in the library's defaults. */
  max_steps: number;
  dataloader_drop_last?: boolean;
}

export interface StepCount {
  /** Batches of one epoch, over all devices. */
  batches: number;
  perEpoch: number;
  total: number;
}

/**
 * Counts steps for `sequences` (rows, or packed sequences) on `devices` processes. An epoch's last, smaller group of
 * batches makes a step of its own; fractions of an epoch round up (Trainer.set_initial_training_values).
 */
export function countSteps(sequences: number, settings: StepSettings, devices = 1): StepCount {
  const perBatch = settings.per_device_train_batch_size * devices;
  const batches = settings.dataloader_drop_last
    ? Math.floor(sequences / perBatch)
    : Math.ceil(sequences / perBatch);
  const perEpoch = Math.max(Math.ceil(batches / settings.gradient_accumulation_steps), 1);
  const total = settings.max_steps > 0 ? settings.max_steps : Math.ceil(settings.num_train_epochs * perEpoch);
  return { batches, perEpoch, total };
}

/** TRL packs within windows of this many rows (the batch size of `Dataset.map`). */
const packingWindow = 1000;

/**
 * How many sequences rows of these lengths pack into: best fit decreasing, window by window, no row cut.
 * Exact for rows in this order; a shuffle of more than one window before packing may move the number a little.
 */
export function countPackedSequences(lengths: ArrayLike<number>, maxLength: number): number {
  let count = 0;
  for (let start = 0; start < lengths.length; start += packingWindow) {
    const window: number[] = [];
    for (let i = start; i < Math.min(start + packingWindow, lengths.length); i++) {
      const length = lengths[i] ?? 0;
      if (length > 0) window.push(Math.min(length, maxLength));
    }
    count += packWindow(window, maxLength);
  }
  return count;
}

function packWindow(lengths: number[], maxLength: number): number {
  // Room left in the open sequences, ascending: the first that is wide enough is the best fit.
  const rooms: number[] = [];
  let count = 0;
  for (const length of lengths.sort((a, b) => b - a)) {
    const at = lowerBound(rooms, length);
    let room = maxLength;
    if (at < rooms.length) [room = maxLength] = rooms.splice(at, 1);
    else count += 1;
    if (room > length) rooms.splice(lowerBound(rooms, room - length), 0, room - length);
  }
  return count;
}

/** Index of the first element that is at least `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
