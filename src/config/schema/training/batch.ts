import { z } from 'zod';
import { atLeastOne, count, derived, field, flag, optional, positive } from '../field.ts';

export const batchFields = {
  num_train_epochs: derived(
    positive,
    '3',
    'Passes over the training rows. 3 as in TRL; 1 to 3 is what instruction tuning with LoRA usually takes, more overfits small datasets.',
  ),
  max_steps: field(
    z.union([z.literal(-1), atLeastOne]).default(-1),
    'Stop after this many optimizer steps; -1: after num_train_epochs.',
  ),
  per_device_train_batch_size: field(
    atLeastOne.default(4),
    'Rows at a time. 4 × 4 accumulated make the effective batch of 16 that QLoRA used for small models.',
  ),
  gradient_accumulation_steps: field(atLeastOne.default(4), 'Batches added up for one optimizer step.'),
  per_device_eval_batch_size: derived(
    atLeastOne,
    'per_device_train_batch_size',
    'Rows at a time in evaluation.',
  ),
  eval_accumulation_steps: optional(
    atLeastOne,
    "Free the GPU's cache after this many evaluation batches. An evaluation only keeps sums.",
  ),
  max_length: field(
    z.union([z.int().min(1), z.enum(['none', 'None']).transform(() => 'none' as const)]).prefault(2048),
    'The most tokens that a row can have. `dataset.truncate` says what happens to longer rows, and the plan names them. `none`: no limit. The default of TRL is 1024, which cuts off many answers.',
  ),
  packing: field(
    flag.default(false),
    'Put several whole rows into one sequence of max_length tokens. Faster on short rows; attention keeps the rows apart.',
  ),
  packing_strategy: derived(
    z.enum(['bfd', 'bfd_split']),
    'bfd',
    'Best fit decreasing. Both are the same here, since no row is longer than max_length; `wrapped` would cut rows.',
  ),
  eval_packing: derived(flag, 'the same as packing', 'Pack the validation rows.'),
  padding_free: field(
    flag.default(false),
    'Join the rows of a batch instead of padding them. Needs an attention that reads position ids.',
  ),
  pad_to_multiple_of: optional(atLeastOne, 'Pad batches to a multiple of this many tokens.'),
  seed: field(count.default(42), "Seeds the adapter's first weights, dropout and everything else random."),
  data_seed: derived(count, 'seed', 'Seeds the order of the rows.'),
};
