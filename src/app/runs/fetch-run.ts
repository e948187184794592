// Results of a run that ended on another host, brought into the workspace.
import { UserError } from '../../diagnostics/user-error.ts';
import { statusWord } from '../../run/status.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun } from '../../store/runs.ts';
import { runDirOf } from '../../supervise/attempt-context.ts';
import { latestAway } from '../../supervise/away-runs.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { fetchResults } from '../../supervise/fetch-results.ts';
import { type Fetched, readFetched } from '../../supervise/fetched-file.ts';

export interface FetchedRun {
  run: string;
  fetched: Fetched;
  /** It was here before. */
  already: boolean;
}

/** Fetches the results of a run. Throws UserError U101, U102, R168 (there are none to fetch), and as fetchResults does. */
export async function fetchRun(deps: SuperviseDeps, ref: string): Promise<FetchedRun> {
  const run = resolveRun(deps.store, ref);
  const fetched = await fetchResults(deps, run);
  if (fetched) return { run, fetched, already: false };
  const before = readFetched(runDirOf(deps, run));
  const status = getRun(deps.store, run)?.status;
  const away = latestAway(deps, run);
  if (away && away.attempt.state !== 'finished')
    throw new UserError(
      'R168',
      `run ${run} is ${status ? statusWord(status) : 'not over'} on ${away.host.name}`,
      {
        hint: `its results can be fetched when it has ended: lorch logs ${run} -f`,
        exitCode: 1,
      },
    );
  if (away && before) return { run, fetched: before, already: true };
  throw new UserError('R168', `run ${run} did not work on another host`, {
    hint: `its results are in its folder: lorch show ${run}`,
    exitCode: 1,
  });
}

/** The same when a run ends while it is followed: if it cannot be done now, the run is not affected. */
export async function fetchEnded(deps: SuperviseDeps, run: string): Promise<void> {
  try {
    await fetchResults(deps, run);
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, 'the results could not be fetched');
    const reason = error instanceof Error ? error.message : String(error);
    deps.notice?.(`the results of ${run} are not here yet (${reason}): \`lorch fetch ${run}\` brings them`);
  }
}
