import { describe, expect, it } from 'vitest';
import { scheduleFindings } from '../../../src/app/plan/schedule-findings.ts';

const sound = {
  eval_strategy: 'steps',
  eval_steps: 2,
  save_strategy: 'steps',
  load_best_model_at_end: true,
  learning_rate: 1e-3,
  lr_scheduler_type: 'linear',
  warmup_steps: 0.03,
};
const steps = { per_epoch: 5, total: 10 };
const found = (changes: Record<string, unknown>, total = 10, validates = true) =>
  scheduleFindings({ ...sound, ...changes }, { ...steps, total }, validates).map(
    ({ code, severity, message }) => [code, severity, message],
  );

describe('schedules and the length of the run', () => {
  it('has nothing to say of what happens as meant', () => {
    expect(found({})).toEqual([]);
    expect(found({ early_stopping_patience: 4 })).toEqual([]);
    expect(found({ eval_steps: 50 }, 100)).toEqual([]);
  });

  it('says that eval_steps beyond the last step leave one evaluation', () => {
    expect(found({ eval_steps: 50 })).toEqual([
      [
        'P023',
        'warning',
        'eval_steps 50 is more than the 10 steps of the run: the run is evaluated once, after the last step; the last checkpoint is always the best one',
      ],
    ]);
    expect(found({ eval_steps: 50 }, 10, false)).toEqual([]);
  });

  it('says that early stopping can never stop the run', () => {
    expect(found({ early_stopping_patience: 5 })).toEqual([
      [
        'P023',
        'warning',
        'the run is evaluated 5 times; early_stopping_patience 5 needs at least 6 evaluations to stop the run',
      ],
    ]);
  });

  it('refuses to choose among evaluations that never come', () => {
    const [[code, severity, message] = []] = found({ eval_delay: 11, early_stopping_patience: 2 });
    expect([code, severity]).toEqual(['P022', 'error']);
    expect(message).toContain('load_best_model_at_end and early stopping cannot work');
    expect(found({ eval_delay: 11, load_best_model_at_end: false })[0]?.[1]).toBe('warning');
  });

  it('says that the learning rate never reaches its peak', () => {
    expect(found({ warmup_steps: 200 })).toEqual([
      [
        'P024',
        'warning',
        'the learning rate warms up for 200 steps, but the run has 10: it never reaches 0.001 and ends at 0.000045',
      ],
    ]);
    expect(found({ warmup_steps: 10 })[0]?.[0]).toBe('P024');
    expect(found({ warmup_steps: 9 })).toEqual([]);
    expect(found({ warmup_steps: 200, lr_scheduler_type: 'constant' })).toEqual([]);
    // A share of all steps is at least one step, which is all that this run has.
    expect(found({ load_best_model_at_end: false, eval_steps: 1 }, 1)[0]?.[0]).toBe('P024');
  });
});
