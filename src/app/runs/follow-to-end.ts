// Follows a run to its end.
import type { RunRow } from '../../store/runs.ts';
import type { LaunchDeps } from '../../supervise/deps.ts';
import { type FollowOptions, followRun } from '../../supervise/follow-run.ts';
import { reportRun } from './report-run.ts';

/** Follows until the run ends (or `signal`), and writes its report once it has ended. */
export async function followToEnd(deps: LaunchDeps, run: string, options: FollowOptions): Promise<RunRow> {
  const row = await followRun(deps, run, options);
  if (row.status.phase === 'finished') await reportRun(deps, run);
  return row;
}
