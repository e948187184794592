// Which attempt of which run a command means that shows one.
import { UserError } from '../../diagnostics/user-error.ts';
import { type AttemptRow, listAttempts } from '../../store/attempts.ts';
import type { Store } from '../../store/open-store.ts';
import { resolveLivingRun } from '../../store/resolve-run.ts';

/** As `chooseAttempt`; the first attempt, still to come, if the run was not started yet. */
export function chooseNextAttempt(store: Store, ref: string, wanted?: number): { run: string; n: number } {
  const run = resolveLivingRun(store, ref);
  return wanted === undefined && listAttempts(store, run).length === 0
    ? { run, n: 1 }
    : chooseAttempt(store, run, wanted);
}

/**
 * The attempt `wanted`, or the latest that began, of the run that `ref` names; a name means the run of it that is under way.
 * Throws UserError U101, U102, U109 (no such attempt).
 */
export function chooseAttempt(store: Store, ref: string, wanted?: number): AttemptRow {
  const run = resolveLivingRun(store, ref);
  const attempts = listAttempts(store, run);
  const begun = attempts.filter((attempt) => attempt.state !== 'abandoned');
  const found = wanted === undefined ? begun.at(-1) : attempts.find((attempt) => attempt.n === wanted);
  if (found) return found;
  const numbers = begun.map((attempt) => attempt.n).join(', ');
  throw new UserError(
    'U109',
    wanted === undefined ? `run ${run} has not been started` : `run ${run} has no attempt ${wanted}`,
    { hint: numbers ? `it has ${numbers}` : `lorch resume ${run} starts it`, exitCode: 1 },
  );
}
