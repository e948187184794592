import type { Store } from '../../store/open-store.ts';
import { resolveLivingRun } from '../../store/resolve-run.ts';
import type { RunRow } from '../../store/runs.ts';
import { askToStop, type StopOptions, type StopResult } from '../../supervise/ask-to-stop.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import type { Followers } from '../../supervise/followers.ts';
import { followToEnd } from './follow-to-end.ts';

export interface Stopping {
  run: string;
  result: StopResult;
  /** Resolves when the run has ended, or on `signal`. */
  ended(signal?: AbortSignal): Promise<RunRow>;
}

/** Asks the run that `ref` names to stop; a name means the run of it that is under way. Throws UserError U101, U102, U104. */
export async function stopRun(
  { deps, ...following }: { deps: SuperviseDeps; store: Store; followers: Followers },
  ref: string,
  options: StopOptions = {},
): Promise<Stopping> {
  const run = resolveLivingRun(deps.store, ref);
  const result = await askToStop(deps, run, options);
  return { run, result, ended: (signal) => followToEnd(following, run, signal ? { signal } : {}) };
}
