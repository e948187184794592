// What a process brings up to date before it reads: runs whose controller is gone, and what killed commands left.
import { getRun, listRuns } from '../../store/runs.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { recoverRuns } from '../../supervise/recover-runs.ts';

/** Settles runs that have ended, writes their reports, and clears leftovers away. `isFollowed`: this process records the run already. */
export async function recoverWorkspace(
  deps: SuperviseDeps,
  isFollowed: (run: string) => boolean,
): Promise<void> {
  await recoverAndReport(deps, isFollowed);
  await tidy(deps);
}

/** A run whose controller is gone ends here, so its report is written here. */
async function recoverAndReport(deps: SuperviseDeps, isFollowed: (run: string) => boolean): Promise<void> {
  const open = listRuns(deps.store, { unfinished: true }).filter(({ id }) => !isFollowed(id));
  await recoverRuns(deps, isFollowed);
  const ended = open.filter(({ id }) => getRun(deps.store, id)?.status.phase === 'finished');
  if (ended.length === 0) return;
  const { reportRun } = await import('../runs/report-run.ts');
  for (const { id } of ended) await reportRun(deps, id);
}

/** Removes what killed commands left, and writes missing reports, as far as something can be written. A failure here stops no command. */
async function tidy(deps: SuperviseDeps): Promise<void> {
  const { sweepLeftovers, withoutReport } = await import('../runs/sweep-leftovers.ts');
  const { finishRemovals } = await import('../runs/remove-run.ts');
  try {
    if (deps.store.unwritable) return await finishRemovals(deps);
    await sweepLeftovers(deps);
    const missing = withoutReport(deps);
    if (missing.length === 0) return;
    const { reportRun } = await import('../runs/report-run.ts');
    for (const id of missing) await reportRun(deps, id);
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'leftovers could not be cleared away');
  }
}
