// What is said when a run ends: the body that a webhook gets and a command reads. docs/notifications.md explains it.
import type { Failure } from './failure.ts';
import type { RunOutcome } from './status.ts';

export interface Notification {
  lorch: 1;
  /** One line for people; chat services show it. */
  text: string;
  run: string;
  name: string;
  status: RunOutcome;
  step: number | null;
  max_steps: number | null;
  loss: number | null;
  best_eval_loss: number | null;
  /** Time of all attempts together. */
  duration_ms: number;
  failure: { class: string; code: string; message: string; hint: string; next: string } | null;
}

export interface EndedRun {
  id: string;
  name: string;
  outcome: RunOutcome;
  step: number | null;
  maxSteps: number | null;
  lastLoss: number | null;
  bestEval: { loss: number; step: number } | null;
  durationMs: number;
  failure: Failure | null;
}

/** The notification of a run that has ended. Numbers that are not finite are left out: JSON has none. */
export function notificationOf(run: EndedRun): Notification {
  const { id, name, outcome, step, maxSteps, failure } = run;
  return {
    lorch: 1,
    text: sentence(run),
    run: id,
    name,
    status: outcome,
    step,
    max_steps: maxSteps,
    loss: finite(run.lastLoss),
    best_eval_loss: finite(run.bestEval?.loss ?? null),
    duration_ms: run.durationMs,
    failure: failure && {
      class: failure.class,
      code: failure.code,
      message: failure.message,
      hint: failure.hint,
      next: failure.next,
    },
  };
}

function sentence({ id, outcome, step, maxSteps, lastLoss, bestEval, failure }: EndedRun): string {
  const facts = [
    step === null ? null : `step ${step}${maxSteps === null ? '' : ` of ${maxSteps}`}`,
    lastLoss === null ? null : `loss ${short(lastLoss)}`,
    bestEval === null ? null : `best validation loss ${short(bestEval.loss)}`,
    failure && `${failure.class}: ${failure.message}; next: ${failure.next}`,
  ].filter((fact) => fact !== null);
  return [`lorch: ${id} ${word[outcome]}`, ...facts].join(', ');
}

const word: Record<RunOutcome, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  lost: 'was lost',
};

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
