import { UserError } from '../../diagnostics/user-error.ts';
import type { Store } from '../../store/open-store.ts';
import { getWaiting } from '../../store/queue.ts';
import { resolveSweep } from '../../store/resolve-sweep.ts';
import { askToStop, type StopOptions, type StopResult } from '../../supervise/ask-to-stop.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import type { Followers } from '../../supervise/followers.ts';
import { followToEnd } from './follow-to-end.ts';

export interface SweepStopping {
  stopped: { run: string; result: StopResult }[];
  /** Resolves when those that ran have ended, or on `signal`. */
  ended(signal?: AbortSignal): Promise<void>;
}

/** Stops the runs of the sweep that `ref` means, those that wait first. Null: it means no sweep. Throws UserError U104 if all have ended. */
export async function stopSweep(
  { deps, ...following }: { deps: SuperviseDeps; store: Store; followers: Followers },
  ref: string,
  options: StopOptions = {},
): Promise<SweepStopping | null> {
  const runs = resolveSweep(deps.store, ref);
  if (!runs) return null;
  // One that ends makes room for one that waits.
  const waits = (run: string) => getWaiting(deps.store, run) !== null;
  const stopped: SweepStopping['stopped'] = [];
  for (const run of [...runs.filter(waits), ...runs.filter((run) => !waits(run))])
    try {
      stopped.push({ run, result: await askToStop(deps, run, options) });
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'U104') throw error;
    }
  if (stopped.length === 0)
    throw new UserError('U104', `all ${runs.length} runs of ${ref} have ended`, { exitCode: 1 });
  const asked = stopped.filter(({ result }) => result !== 'cancelled');
  return {
    stopped,
    async ended(signal) {
      for (const { run } of asked) await followToEnd(following, run, signal ? { signal } : {});
    },
  };
}
