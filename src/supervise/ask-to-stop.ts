import { UserError } from '../diagnostics/user-error.ts';
import { statusWord } from '../run/status.ts';
import { cancelQueued, latestAttempt, markStopping } from '../store/attempts.ts';
import { requireWritable } from '../store/open-store.ts';
import { leaveQueue } from '../store/queue.ts';
import { getRun } from '../store/runs.ts';
import { stopJob } from './attempt-alive.ts';
import { type AttemptContext, openAttempt, runDirOf } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { forgetPlace } from './queue/places.ts';
import { claimForController, endWithoutStart } from './relaunch.ts';
import { readPlanFile, readRecordFile, recordFromPlan, writeRecord } from './run-folder.ts';
import { waitForStore } from './wait-for-store.ts';
import { watchRun } from './watch-run.ts';

export interface StopOptions {
  /** Kill at once, without a checkpoint. */
  force?: boolean;
}

/** cancelled: it had not started · asked: it will save and stop · killed · ended: it was over before it could be asked. */
export type StopResult = 'cancelled' | 'asked' | 'killed' | 'ended';

/** Asks a run to save a checkpoint and stop, or kills it. Does not wait for the end. Throws UserError U101, U104. */
export async function askToStop(
  deps: SuperviseDeps,
  run: string,
  { force = false }: StopOptions = {},
): Promise<StopResult> {
  requireWritable(deps.store);
  const row = getRun(deps.store, run);
  if (!row) throw new UserError('U101', `there is no run ${run}`);
  // It waits to go on.
  if (row.status.phase === 'finished' && (await waitForStore(deps, () => leaveQueue(deps.store, run)))) {
    forgetPlace(deps, run);
    return 'cancelled';
  }
  if (row.status.phase === 'finished')
    throw new UserError('U104', `run ${run} is not running: its status is ${statusWord(row.status)}`, {
      exitCode: 1,
    });
  deps.log.run(run).info({ force }, 'stop asked for');
  if (row.status.phase === 'queued' && (await waitForStore(deps, () => cancelQueued(deps.store, run)))) {
    forgetPlace(deps, run);
    await recordCancelled(deps, run);
    return 'cancelled';
  }
  // A recovering controller may put another attempt in the place of the one that is being stopped.
  for (;;) {
    const latest = latestAttempt(deps.store, run);
    if (!latest || latest.state === 'finished') return 'ended';
    const attempt = await openAttempt(deps, latest, latest.eventBytes);
    const result = await stopAttempt(deps, attempt, force);
    if (latestAttempt(deps.store, run)?.n === latest.n) return result;
  }
}

async function stopAttempt(
  deps: SuperviseDeps,
  attempt: AttemptContext,
  force: boolean,
): Promise<StopResult> {
  // Before the signal, so that the process that records the end knows that it was asked for.
  await attempt.host.put(attempt.paths.stop, JSON.stringify({ t: deps.now(), force }));
  await waitForStore(deps, () => markStopping(deps.store, attempt.run));
  const claim = await attempt.file('claim');
  if (claim?.by !== 'shim' && (await claimForController(deps, attempt))) {
    await endWithoutStart(deps, attempt, null);
    await watchRun(deps, attempt.run).look();
    return 'cancelled';
  }
  if (!(await stopJob(attempt, force))) return 'ended';
  return force ? 'killed' : 'asked';
}

async function recordCancelled(deps: SuperviseDeps, run: string): Promise<void> {
  const runDir = runDirOf(deps, run);
  const [plan, read] = [readPlanFile(runDir), readRecordFile(runDir)];
  const lost = plan.state === 'read' ? recordFromPlan(runDir, plan.value) : null;
  const record = read.state === 'read' ? read.value : lost;
  if (record) await writeRecord(runDir, { ...record, cancelled_ms: deps.now() });
}
