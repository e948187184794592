// Starts a queued run and follows it to its end.
import type { RunRow } from '../../store/runs.ts';
import type { LaunchDeps } from '../../supervise/deps.ts';
import { type FollowOptions, followRun } from '../../supervise/follow-run.ts';
import { startAttempt } from '../../supervise/start-attempt.ts';
import { reportRun } from './report-run.ts';

/** Starts the next attempt and returns; the run goes on by itself. */
export async function launchRun(deps: LaunchDeps, run: string): Promise<number> {
  return await startAttempt(deps, run);
}

/** Follows until the run ends (or `signal`), and writes its report once it has ended. */
export async function followToEnd(deps: LaunchDeps, run: string, options: FollowOptions): Promise<RunRow> {
  const row = await followRun(deps, run, options);
  if (row.status.phase === 'finished') await reportRun(deps, run);
  return row;
}
