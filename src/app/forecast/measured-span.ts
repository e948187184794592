// The part of a run whose time is known: the attempts that have an `end` event, with the steps and tokens of those attempts.
import { runEvents } from '../../store/events.ts';
import type { Store } from '../../store/open-store.ts';
import type { RunRow } from '../../store/runs.ts';

export interface MeasuredSpan {
  /** Time in the training loop, including evaluation and checkpoints. */
  seconds: number;
  steps: number;
  /** Null if an attempt of an earlier version did not record it. */
  tokens: number | null;
  trainedTokens: number | null;
}

/** Whether a later attempt resumed the run. */
export function isResumed(store: Store, run: string): boolean {
  return runEvents(store, run, { types: ['hello'] }).length > 1;
}

/** Null if no attempt recorded how long it trained; a killed attempt records nothing. */
export function measuredSpan(store: Store, row: RunRow): MeasuredSpan | null {
  const hellos = runEvents(store, row.id, { types: ['hello'] });
  const parts = runEvents(store, row.id, { types: ['end'] })
    .filter(({ train_ms }) => train_ms > 0)
    .map(({ train_ms, step, attempt, run_attempt }) => {
      const hello = hellos.find((each) => each.run_attempt === run_attempt);
      const from = attempt?.from_step ?? hello?.resumed_from_step ?? 0;
      // The only attempt has all tokens of the run.
      const own =
        attempt ?? (hellos.length === 1 ? { tokens: row.tokens, trained_tokens: row.trainedTokens } : null);
      return {
        seconds: train_ms / 1000,
        steps: Math.max(0, step - from),
        tokens: own?.tokens ?? null,
        trainedTokens: own?.trained_tokens ?? null,
      };
    });
  const [first, ...others] = parts;
  if (!first) return null;
  const add = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : a + b;
  return others.reduce<MeasuredSpan>(
    (sum, part) => ({
      seconds: sum.seconds + part.seconds,
      steps: sum.steps + part.steps,
      tokens: add(sum.tokens, part.tokens),
      trainedTokens: add(sum.trainedTokens, part.trainedTokens),
    }),
    first,
  );
}
