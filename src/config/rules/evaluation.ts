import { effectiveStrategies } from '../render/strategies.ts';
import type { Rule } from './rule.ts';

const needsRows = 'dataset.validation: { fraction: 0.05 }';

/** Settings of an evaluation that has no rows. */
export const noEvaluationRule: Rule = {
  needs: ['training', 'dataset'],
  check({ training, dataset }, report) {
    if (dataset.validation !== undefined) return;
    const { eval_strategy: strategy, save_strategy: save, lr_scheduler_type: schedule } = training;
    const asks = (name: string, on: boolean) =>
      on && report(`training.${name}`, `${name} needs validation rows, and the config has none`, needsRows);
    asks('eval_strategy', strategy !== undefined && strategy !== 'no');
    asks('eval_steps', training.eval_steps !== undefined);
    asks('eval_on_start', training.eval_on_start);
    asks('eval_delay', training.eval_delay > 0);
    asks('load_best_model_at_end', training.load_best_model_at_end);
    asks('metric_for_best_model', training.metric_for_best_model !== undefined);
    asks('early_stopping_patience', training.early_stopping_patience !== undefined);
    asks('per_device_eval_batch_size', training.per_device_eval_batch_size !== undefined);
    asks('save_strategy', save === 'best');
    asks('lr_scheduler_type', schedule === 'reduce_lr_on_plateau' || schedule === 'greedy');
  },
};

/** When it is evaluated. */
export const evaluationRule: Rule = {
  needs: ['training', 'dataset'],
  check({ training, dataset }, report) {
    if (dataset.validation === undefined) return;
    const { eval_strategy: strategy } = effectiveStrategies(training, true);
    if (strategy === 'steps' && training.eval_steps === undefined)
      report(
        'training.eval_strategy',
        'eval_strategy: steps needs eval_steps',
        'eval_steps: 50, or a fraction such as 0.1',
      );
    if (strategy !== 'steps' && training.eval_steps !== undefined)
      report(
        'training.eval_steps',
        `eval_strategy is ${strategy}, so eval_steps has no effect`,
        undefined,
        'C018',
      );
    if (strategy !== 'no') return;
    const asks = (name: string, on: boolean) =>
      on &&
      report(
        `training.${name}`,
        `${name} needs evaluations, and eval_strategy is no`,
        'eval_strategy: epoch',
      );
    asks('load_best_model_at_end', training.load_best_model_at_end);
    asks('save_strategy', training.save_strategy === 'best');
    asks('metric_for_best_model', training.metric_for_best_model !== undefined);
    asks('early_stopping_patience', training.early_stopping_patience !== undefined);
    asks('lr_scheduler_type', ['reduce_lr_on_plateau', 'greedy'].includes(training.lr_scheduler_type));
  },
};

/** When it is saved, and that the best evaluation has a checkpoint. */
export const checkpointRule: Rule = {
  needs: ['training', 'dataset'],
  check({ training, dataset }, report) {
    const validates = dataset.validation !== undefined;
    const {
      save_strategy: save,
      save_steps: saveSteps,
      eval_strategy: evaluate,
    } = effectiveStrategies(training, validates);
    if (save !== 'steps' && training.save_steps !== undefined)
      report(
        'training.save_steps',
        `save_strategy is ${save}, so save_steps has no effect`,
        undefined,
        'C018',
      );
    if (!training.load_best_model_at_end || !validates || evaluate === 'no' || save === 'best') return;
    if (save !== evaluate) {
      report(
        'training.load_best_model_at_end',
        `the best model needs a checkpoint at every evaluation: eval_strategy is ${evaluate}, save_strategy is ${save}`,
        `save_strategy: ${evaluate}, or save_strategy: best`,
      );
      return;
    }
    const evalSteps = training.eval_steps;
    if (save !== 'steps' || evalSteps === undefined) return;
    // In millionths, as transformers does, so that 0.3 is a multiple of 0.1.
    const remainder = Math.round(saveSteps * 1e6) % Math.round(evalSteps * 1e6);
    if (saveSteps < 1 !== evalSteps < 1 || remainder !== 0)
      report(
        'training.save_steps',
        `the best model needs save_steps to be a multiple of eval_steps: ${saveSteps} is none of ${evalSteps}`,
        `save_steps: ${evalSteps}`,
      );
  },
};
