import { setTimeout as sleep } from 'node:timers/promises';
import { listRuns } from '../store/runs.ts';
import { isBusy } from '../store/store-errors.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { watchRun } from './watch-run.ts';

/**
 * Brings every unfinished run up to date, whether its controller lives or not: takes in what is new, ends what has
 * ended, starts again what was never started. Commands that read call this first. One run's trouble stops no other.
 * `isFollowed`: this process follows the run already.
 */
export async function recoverRuns(
  deps: SuperviseDeps,
  isFollowed: (run: string) => boolean = () => false,
): Promise<void> {
  const unfinished = listRuns(deps.store, { unfinished: true });
  const begun = unfinished.filter(({ id, status }) => status.phase !== 'queued' && !isFollowed(id));
  await Promise.all(begun.map((run) => recoverRun(deps, run.id)));
}

async function recoverRun(deps: SuperviseDeps, run: string): Promise<void> {
  const watch = watchRun(deps, run, { hearMs: timingOf(deps).hearMs });
  try {
    for (;;) {
      const look = await watch.look();
      if (look === 'finished' || look === 'waiting') return;
      if (look === 'confirming') await sleep(timingOf(deps).pollMs);
    }
  } catch (error) {
    if (isBusy(error)) return;
    deps.log.run(run).error({ error: String(error) }, 'cannot be brought up to date');
  }
}
