import { z } from 'zod';
import { atLeastOne, derived, field, flag, nonNegative, optional, stepsOrFraction } from '../field.ts';

export const evaluationFields = {
  eval_strategy: derived(
    z.enum(['no', 'steps', 'epoch']),
    'steps if eval_steps is given, else epoch; no without dataset.validation',
    'When the validation loss is measured.',
  ),
  eval_steps: derived(
    stepsOrFraction,
    'none',
    'Evaluate every this many steps; below 1, a fraction of all steps.',
  ),
  eval_delay: field(nonNegative.default(0), 'Steps or epochs before the first evaluation.'),
  eval_on_start: field(flag.default(false), 'Evaluate before the first step.'),
  metric_for_best_model: derived(
    z.enum([
      'eval_loss',
      'loss',
      'eval_mean_token_accuracy',
      'mean_token_accuracy',
      'eval_entropy',
      'entropy',
    ]),
    'eval_loss if the run is evaluated',
    'The metric that chooses the best checkpoint: any metric of the evaluation. Higher is better for accuracy; lower is better for loss and entropy.',
  ),
  load_best_model_at_end: field(
    flag.default(false),
    'The adapter is that of the best checkpoint instead of the last step.',
  ),
  early_stopping_patience: optional(
    atLeastOne,
    'Stop after this many evaluations in a row without a better metric_for_best_model. Default: train every step.',
  ),
  stop_on_loss_explosion: field(
    flag.default(false),
    'Stop when the logged loss is more than three times its median three times in a row. Otherwise that is a warning (docs/failures.md).',
  ),
  early_stopping_threshold: derived(
    nonNegative,
    '0 with early_stopping_patience',
    'An evaluation counts as better only if it improves by more than this, in units of the metric.',
  ),
};
