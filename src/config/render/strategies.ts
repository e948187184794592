import type { TrainingSection } from '../schema/training.ts';

export interface Strategies {
  eval_strategy: 'no' | 'steps' | 'epoch';
  save_strategy: 'no' | 'steps' | 'epoch' | 'best';
  save_steps: number;
}

/** When it is evaluated and saved, if the config leaves it open: at steps if their number is given, else each epoch. */
export function effectiveStrategies(training: TrainingSection, validates: boolean): Strategies {
  return {
    eval_strategy: validates
      ? (training.eval_strategy ?? (training.eval_steps === undefined ? 'epoch' : 'steps'))
      : 'no',
    save_strategy: training.save_strategy ?? (training.save_steps === undefined ? 'epoch' : 'steps'),
    save_steps: training.save_steps ?? 500,
  };
}
