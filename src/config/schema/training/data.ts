import { z } from 'zod';
import { atLeastOne, count, derived, field, flag, optional } from '../field.ts';

export const dataFields = {
  train_sampling_strategy: field(
    z.enum(['random', 'sequential', 'group_by_length']).default('random'),
    'The order of rows: shuffled each epoch, as they stand, or rows of similar length together.',
  ),
  shuffle_dataset: field(
    flag.default(false),
    'Shuffle once before packing, so that chance decides which rows share a sequence.',
  ),
  dataloader_num_workers: field(
    count.default(0),
    'Processes that load rows. 0: the trainer loads them itself, which is fast because the rows are prepared.',
  ),
  dataloader_pin_memory: derived(flag, 'true on a GPU', 'Pinned memory for faster copies to the GPU.'),
  dataloader_drop_last: field(flag.default(false), 'Drop the last, incomplete batch of each epoch.'),
  dataloader_persistent_workers: field(flag.default(false), 'Keep the workers from epoch to epoch.'),
  dataloader_prefetch_factor: optional(atLeastOne, 'Batches each worker loads ahead.'),
  dataloader_multiprocessing_context: optional(
    z.enum(['fork', 'spawn', 'forkserver']),
    'How worker processes are started.',
  ),
  dataloader_in_order: field(flag.default(true), 'Batches come in the order they were asked for.'),
};
