import { z } from 'zod';
import { atLeastOne, derived, field, flag, nonNegative, optional, stepsOrFraction } from '../field.ts';

export const evaluationFields = {
  eval_strategy: derived(
    z.enum(['no', 'steps', 'epoch']),
    'steps where eval_steps is given, else epoch; no without dataset.validation',
    'When the validation loss is measured.',
  ),
  eval_steps: derived(
    stepsOrFraction,
    'none',
    'Evaluate every so many steps; below 1, a fraction of all steps.',
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
    'eval_loss where there is an evaluation',
    'What the best checkpoint is chosen by: any metric of the evaluation. Accuracy is better if it is higher, loss and entropy if they are lower.',
  ),
  load_best_model_at_end: field(
    flag.default(false),
    'The adapter is that of the best checkpoint instead of the last step.',
  ),
  early_stopping_patience: optional(
    atLeastOne,
    'Stop after so many evaluations in a row without a better metric_for_best_model. Without it, every step is trained.',
  ),
  early_stopping_threshold: derived(
    nonNegative,
    '0 with early_stopping_patience',
    'How much better an evaluation must be to count, in units of the metric.',
  ),
};
