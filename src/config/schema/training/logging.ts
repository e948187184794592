import { z } from 'zod';
import { derived, field, flag, optional, stepsOrFraction, text } from '../field.ts';

/** The trackers that transformers knows. Their packages are the user's to install. */
export const trackers = [
  'azure_ml',
  'clearml',
  'codecarbon',
  'comet_ml',
  'dagshub',
  'dvclive',
  'flyte',
  'mlflow',
  'neptune',
  'swanlab',
  'tensorboard',
  'trackio',
  'wandb',
] as const;

const tracker = z.enum(trackers);

export const loggingFields = {
  logging_strategy: field(
    z.enum(['steps', 'epoch', 'no']).default('steps'),
    'When loss, gradient norm and learning rate are recorded.',
  ),
  logging_steps: derived(
    stepsOrFraction,
    '1',
    'Record every this many steps; below 1, a fraction of all steps. 1 records whole curves; writing a line takes far less time than a step.',
  ),
  logging_first_step: field(flag.default(false), 'Record the first step too.'),
  log_level: field(
    z.enum(['passive', 'debug', 'info', 'warning', 'error', 'critical']).default('passive'),
    'How much transformers writes into the log.',
  ),
  report_to: field(
    z
      .union([z.literal('none'), tracker, z.array(tracker).min(1)])
      .default('none')
      .transform((value) => (value === 'none' ? [] : typeof value === 'string' ? [value] : value)),
    'Further trackers to report to. none: only lorch records.',
  ),
  project: derived(text, 'huggingface', 'The project in trackio.'),
  trackio_space_id: optional(text, 'The space that trackio reports to.'),
  trackio_bucket_id: optional(text, 'The bucket that trackio keeps files in.'),
  trackio_static_space_id: optional(text, 'The static space that trackio publishes to.'),
};
