// Queued runs, one after another; shared by train and rerun.
import { launchRun } from '../app/launch-run.ts';
import type { LaunchDeps } from '../supervise/deps.ts';
import { stopRun } from '../supervise/stop-run.ts';
import type { Context } from './context.ts';
import { followInTerminal } from './follow.ts';

/** Launches and follows each run. Ctrl-C stops the one that runs and cancels those that wait. */
export async function startRuns(
  context: Context,
  deps: LaunchDeps,
  runs: readonly string[],
  options: { detach: boolean },
): Promise<void> {
  for (const [i, run] of runs.entries()) {
    await launchRun(deps, run);
    if (options.detach) continue;
    const { interrupted } = await followInTerminal(context, deps, run);
    if (!interrupted) continue;
    for (const waiting of runs.slice(i + 1)) await stopRun(deps, waiting);
    return;
  }
}
