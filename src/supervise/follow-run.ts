import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../diagnostics/user-error.ts';
import type { RunEvent } from '../run/events.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { isBusy } from '../store/store-errors.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { type Look, type Watch, watchRun } from './watch-run.ts';

export interface FollowOptions {
  /** Each event that is not on record yet when following begins, in order. */
  onEvent?(event: RunEvent, attempt: number): void;
  /** Ends the following, not the run. */
  signal?: AbortSignal;
}

/** Records a run until it has ended, or until `signal`; returns how it then stands. */
export async function followRun(
  deps: SuperviseDeps,
  run: string,
  options: FollowOptions = {},
): Promise<RunRow> {
  const watch = watchRun(deps, run, options.onEvent);
  while (!options.signal?.aborted) {
    const look = await patientLook(deps, run, watch);
    if (look === 'finished') break;
    if (look !== 'changed') await pause(timingOf(deps).pollMs, options.signal);
  }
  const row = getRun(deps.store, run);
  if (!row) throw new UserError('U101', `there is no run ${run} any more`);
  return row;
}

// Another process may hold the database for long (`lorch db rebuild`); nothing is lost by waiting.
async function patientLook(deps: SuperviseDeps, run: string, watch: Watch): Promise<Look> {
  try {
    return await watch.look();
  } catch (error) {
    if (!isBusy(error)) throw error;
    deps.log.run(run).warn({}, 'the database is locked by another process; waiting');
    return 'waiting';
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
