import type { Rule } from './rule.ts';

/** Schedules without a warm-up phase: they ignore warmup_steps. */
export const withoutWarmup: readonly string[] = ['constant', 'reduce_lr_on_plateau', 'greedy'];

/** Learning-rate schedules have required arguments, and ignore others. */
export const scheduleRule: Rule = {
  needs: ['training'],
  check({ training }, report) {
    const { lr_scheduler_type: kind, lr_scheduler_kwargs: given = {} } = training;
    if (withoutWarmup.includes(kind) && training.warmup_steps)
      report(
        'training.warmup_steps',
        `the schedule ${kind} has no warm-up`,
        kind === 'constant' ? 'lr_scheduler_type: constant_with_warmup' : 'leave warmup_steps out',
        'C018',
      );
    if (kind.includes('min_lr') && given.min_lr === undefined && given.min_lr_rate === undefined)
      report(
        'training.lr_scheduler_type',
        `${kind} needs its lowest rate`,
        'lr_scheduler_kwargs: { min_lr_rate: 0.1 }',
      );
    if (kind.includes('min_lr') && given.min_lr !== undefined && given.min_lr_rate !== undefined)
      report('training.lr_scheduler_kwargs', 'min_lr and min_lr_rate exclude one another');
    if (kind === 'warmup_stable_decay' && given.num_decay_steps === undefined)
      report(
        'training.lr_scheduler_type',
        'warmup_stable_decay needs the length of its decay',
        'lr_scheduler_kwargs: { num_decay_steps: 100 }',
      );
    if (training.max_steps > 0 && training.num_train_epochs !== undefined)
      report(
        'training.num_train_epochs',
        'max_steps ends the training, so num_train_epochs has no effect',
        'leave one of the two out',
        'C018',
      );
  },
};
