import { z } from 'zod';
import { derived, field, stepsOrFraction } from '../field.ts';

export const checkpointFields = {
  save_strategy: derived(
    z.enum(['no', 'steps', 'epoch', 'best']),
    'steps if save_steps is given, else epoch',
    'When checkpoints are written. With `no` a stopped run still writes one.',
  ),
  save_steps: derived(
    stepsOrFraction,
    '500 with save_strategy: steps',
    'Save every this many steps; below 1, a fraction of all steps.',
  ),
  save_total_limit: field(
    z.union([z.int().min(1), z.enum(['none', 'None']).transform(() => 'none' as const)]).prefault(2),
    'Checkpoints kept; older ones are deleted, the best is not. 2: the last and the best. `none`: all.',
  ),
};
