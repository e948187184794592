// Valid settings that do not fit the length of the run: evaluations that never happen, a warm-up that never ends.
import { withoutWarmup } from '../../config/rules/schedule.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { countEvaluations, evaluationInterval } from '../../model/evaluations.ts';
import type { Plan } from '../../run/plan.ts';

type Training = Readonly<Record<string, unknown>>;
type Steps = Plan['forecast']['steps'];

/** Findings about schedules that do not fit the number of steps. `validates`: there are validation rows. */
export function scheduleFindings(training: Training, steps: Steps, validates: boolean): Finding[] {
  return [...(validates ? evaluationFindings(training, steps) : []), ...warmupFindings(training, steps)];
}

function evaluationFindings(training: Training, steps: Steps): Finding[] {
  const strategy = training.eval_strategy;
  if (strategy === 'no') return [];
  const count = countEvaluations(training, steps);
  const every = evaluationInterval(training, steps.total);
  const chooses = choosers(training);
  if (count === 0)
    return [
      {
        code: 'P022',
        name: 'never-evaluated',
        severity: chooses.length > 0 ? 'error' : 'warning',
        message: `eval_delay ${training.eval_delay} is beyond the end of the run (${steps.total} steps), so the run never evaluates${chooses.length > 0 ? `; ${chooses.join(' and ')} cannot work` : ''}`,
        hint: 'lower training.eval_delay',
        data: { evaluations: 0, steps: steps.total },
      },
    ];
  const patience = Number(training.early_stopping_patience ?? 0);
  const beyond = strategy === 'steps' && every > steps.total;
  // The first evaluation sets the best value, so it does not count for patience.
  const idle = patience >= count;
  if (!beyond && !idle) return [];
  const times = count === 1 ? 'once, after the last step' : `${count} times`;
  const reason = beyond ? `eval_steps ${every} is more than the ${steps.total} steps of the run: ` : '';
  const effects = [
    ...(beyond && training.load_best_model_at_end ? ['the last checkpoint is always the best one'] : []),
    ...(idle
      ? [`early_stopping_patience ${patience} needs at least ${patience + 1} evaluations to stop the run`]
      : []),
  ];
  return [
    {
      code: 'P023',
      name: 'too-few-evaluations',
      severity: 'warning',
      message: `${reason}the run is evaluated ${times}${effects.length > 0 ? `; ${effects.join(', and ')}` : ''}`,
      hint: `evaluate more often, for example training.eval_steps: ${Math.max(1, Math.floor(steps.total / 10))}`,
      data: { evaluations: count, steps: steps.total },
    },
  ];
}

/** Settings that need an evaluation. */
function choosers(training: Training): string[] {
  return [
    ...(training.load_best_model_at_end ? ['load_best_model_at_end'] : []),
    ...(training.save_strategy === 'best' ? ['save_strategy: best'] : []),
    ...(training.early_stopping_patience ? ['early stopping'] : []),
  ];
}

function warmupFindings(training: Training, { total }: Steps): Finding[] {
  const given = Number(training.warmup_steps ?? 0);
  // Like TrainingArguments.get_warmup_steps. The rate is 0 at the first step and reaches its peak at the step after the warm-up.
  const warmup = given < 1 ? Math.ceil(total * given) : given;
  if (warmup < total || warmup === 0 || withoutWarmup.includes(String(training.lr_scheduler_type))) return [];
  const highest = (Number(training.learning_rate) * (total - 1)) / warmup;
  return [
    {
      code: 'P024',
      name: 'warm-up-never-ends',
      severity: 'warning',
      message: `the learning rate warms up for ${warmup} steps, but the run has ${total}: it never reaches ${training.learning_rate} and ends at ${Number(highest.toPrecision(3))}`,
      hint: 'lower training.warmup_steps; a number below 1 is a share of all steps, such as 0.03',
      data: { warmup_steps: warmup, steps: total, highest_learning_rate: highest },
    },
  ];
}
