// A run that ended before its last step because its evaluations did not improve.
import type { RunEventOf } from './events.ts';

export type EarlyStop = NonNullable<RunEventOf<'end'>['early_stop']> & {
  /** The last step that was trained. */
  step: number;
};

/** From a run's last `end` event; null if the run did not stop early. */
export function earlyStopOf(
  end: Pick<RunEventOf<'end'>, 'step' | 'early_stop'> | undefined,
): EarlyStop | null {
  return end?.early_stop ? { ...end.early_stop, step: end.step } : null;
}

/** `stopped early at step 16: eval_loss was best at step 8 (0.61), and no better in 2 evaluations after it` */
export function earlyStopSentence({ step, metric, best, best_step, patience }: EarlyStop): string {
  const value = Number(best.toPrecision(4));
  const where = best_step === null ? `${value} at best` : `best at step ${best_step} (${value})`;
  const evaluations = patience === 1 ? '1 evaluation' : `${patience} evaluations`;
  return `stopped early at step ${step}: ${metric} was ${where}, and no better in ${evaluations}`;
}
