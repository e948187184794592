// How many evaluations a run makes, as transformers' DefaultFlowCallback decides after each step and epoch.

/**
 * Evaluations after a step; one before the first step (`eval_on_start`) is not counted. A run that ends within an
 * epoch evaluates then, and so does one whose last step is not a multiple of `eval_steps`.
 */
export function countEvaluations(
  training: Readonly<Record<string, unknown>>,
  steps: { per_epoch: number; total: number },
): number {
  const delay = Number(training.eval_delay ?? 0);
  const { per_epoch: perEpoch, total } = steps;
  if (training.eval_strategy === 'epoch') {
    const first = Math.max(1, Math.ceil(delay));
    const whole = Math.floor(total / perEpoch);
    const rest = total % perEpoch > 0 && delay <= total / perEpoch ? 1 : 0;
    return Math.max(0, whole - first + 1) + rest;
  }
  if (training.eval_strategy !== 'steps') return 0;
  const every = evaluationInterval(training, total);
  const before = Math.ceil(Math.max(delay, 1) / every) - 1;
  const atEnd = total % every > 0 && delay <= total ? 1 : 0;
  return Math.max(0, Math.floor(total / every) - before) + atEnd;
}

/** `eval_steps` in steps; a fraction below 1 is a share of all steps, rounded up. */
export function evaluationInterval(training: Readonly<Record<string, unknown>>, total: number): number {
  const steps = Number(training.eval_steps ?? 1);
  return Math.max(1, steps < 1 ? Math.ceil(total * steps) : steps);
}
