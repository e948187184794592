import type { z } from 'zod';
import { section } from './field.ts';
import { batchFields } from './training/batch.ts';
import { checkpointFields } from './training/checkpoints.ts';
import { computeFields } from './training/compute.ts';
import { dataFields } from './training/data.ts';
import { evaluationFields } from './training/evaluation.ts';
import { loggingFields } from './training/logging.ts';
import { optimizerFields } from './training/optimizer.ts';
import { trainingRefused } from './training/refused.ts';

export const trainingSection = section(
  {
    ...batchFields,
    ...optimizerFields,
    ...dataFields,
    ...computeFields,
    ...loggingFields,
    ...evaluationFields,
    ...checkpointFields,
  },
  'The training: the fields of SFTConfig in TRL.',
  trainingRefused,
);

export type TrainingSection = z.output<typeof trainingSection>;
