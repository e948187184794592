import { resolveRun } from '../../store/resolve-run.ts';
import type { RunRow } from '../../store/runs.ts';
import { askToStop, type StopOptions, type StopResult } from '../../supervise/ask-to-stop.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { type FollowOptions, followRun } from '../../supervise/follow-run.ts';

export interface Stopping {
  run: string;
  result: StopResult;
  /** Resolves when the run has ended, or on `signal`. */
  ended(options?: FollowOptions): Promise<RunRow>;
}

/** Asks the run that `ref` names to stop. Throws UserError U101, U102, U104. */
export async function stopRun(
  deps: SuperviseDeps,
  ref: string,
  options: StopOptions = {},
): Promise<Stopping> {
  const run = resolveRun(deps.store, ref);
  const result = await askToStop(deps, run, options);
  return { run, result, ended: (follow) => followRun(deps, run, follow) };
}
