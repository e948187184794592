import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { systemFailure } from '../diagnostics/system-failure.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { requireWritable } from '../store/open-store.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { isBusy, storeFailure } from '../store/store-errors.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { isRunAlive } from './run-alive.ts';
import { type Look, watchRun } from './watch-run.ts';

export interface FollowOptions {
  /** Told when there may be something new on record: of this run's events, or how it stands. */
  onChange?(): void;
  /** Ends the following, not the run. */
  signal?: AbortSignal;
}

/**
 * Records a run until it has ended, or until `signal`; returns how it then stands. Whoever wants to see it as well follows
 * it by followers.ts, which has this once for each run.
 */
export async function followRun(
  deps: SuperviseDeps,
  run: string,
  options: FollowOptions = {},
): Promise<RunRow> {
  requireWritable(deps.store);
  const watch = watchRun(deps, run, { onRecorded: options.onChange });
  const patience = createPatience(deps, run);
  let known: RunRow | null = null;
  const lookAndTell = async (): Promise<Look> => {
    const look = await watch.look();
    // Another process may have recorded it, stopped it or started it again.
    const now = getRun(deps.store, run);
    if (!isDeepStrictEqual(now, known)) options.onChange?.();
    known = now;
    return look;
  };
  while (!options.signal?.aborted) {
    const look = await lookAndTell().then(patience.onLook, patience.onError);
    if (look === 'finished') break;
    if (look !== 'changed') await pause(timingOf(deps).pollMs, options.signal);
  }
  const row = getRun(deps.store, run);
  if (!row) throw new UserError('U101', `there is no run ${run} any more`);
  return row;
}

/**
 * A database that is locked, a disk that is full or fails: the run goes on without us, and so nothing is lost by waiting.
 * If no process works on the run any more and it still cannot be recorded, the error is thrown.
 */
function createPatience(deps: SuperviseDeps, run: string) {
  let sinceMs: number | null = null;
  let deadMs: number | null = null;
  return {
    onLook(look: Look): Look {
      sinceMs = null;
      deadMs = null;
      return look;
    },
    async onError(error: unknown): Promise<Look> {
      const failure = isBusy(error) ? null : (storeFailure(error) ?? systemFailure(error));
      if (!isBusy(error) && !failure) throw error;
      if (sinceMs === null) {
        const what = failure?.message ?? 'another process is writing the database';
        deps.log.run(run).warn({ error: String(error) }, 'cannot be recorded now; waiting');
        if (failure) deps.notice?.(`${what}; the run goes on, and is recorded when that is over`);
      }
      const now = deps.now();
      sinceMs ??= now;
      if (!failure) return 'waiting';
      if (await isRunAlive(deps, run, false).catch(() => true)) deadMs = null;
      else deadMs ??= now;
      if (deadMs !== null && now - deadMs > timingOf(deps).troubleMs) throw failure;
      return 'waiting';
    },
  };
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
