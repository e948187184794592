import { redactorOf } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { localHost } from '../../hosts/local.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun } from '../../store/runs.ts';
import { runDirOf } from '../../supervise/attempt-context.ts';
import { latestAway } from '../../supervise/away-runs.ts';
import { listCheckpoints } from '../../supervise/checkpoints.ts';
import type { LaunchDeps } from '../../supervise/deps.ts';
import { startAttempt } from '../../supervise/start-attempt.ts';
import { trustCode } from '../../supervise/trusted-code.ts';
import { requirePlan } from '../files/require-plan.ts';

export interface Resumed {
  run: string;
  /** The number of the new attempt. */
  attempt: number;
  /** Whether there is a complete checkpoint to continue from; without one, the run starts again at step 0. */
  goesOn: boolean;
}

export interface ResumeOptions {
  /** Its base model may execute code. */
  trusted?: boolean | undefined;
  /** Why it may go on with other versions or another base model than those of the checkpoint. */
  allowChanged?: string | undefined;
  /** Where it goes on; by default where it was. */
  host?: string | undefined;
  /** Goes on from what is here, though results on another host may be newer. */
  leaveRemote?: boolean | undefined;
}

/**
 * Starts the next attempt of a run that failed, was stopped or lost, or never began. The trainer continues from the
 * newest complete checkpoint. Throws UserError U103 (under way), U105 (it
 * succeeded), U111 (no reason), R133 (its base model may not execute code).
 */
export async function resumeRun(
  deps: LaunchDeps,
  ref: string,
  { trusted = false, allowChanged, host, leaveRemote }: ResumeOptions = {},
): Promise<Resumed> {
  const reason = allowChanged === undefined ? undefined : redactorOf(deps.env)(allowChanged).trim();
  if (reason === '')
    throw new UserError('U111', '--allow-changed needs a reason', {
      hint: 'e.g. --allow-changed "security update of torch"',
    });
  const run = resolveRun(deps.store, ref);
  const status = getRun(deps.store, run)?.status;
  if (status?.phase === 'finished' && status.outcome === 'succeeded')
    throw new UserError('U105', `run ${run} succeeded; there is nothing to resume`, {
      hint: `lorch rerun ${run} trains the same plan again`,
      exitCode: 1,
    });
  const home = runDirOf(deps, run);
  if (trusted) trustCode(deps.env, home, await requirePlan(home));
  const goesOn = await hasCheckpoint(deps, run, leaveRemote === true);
  const options = { host, leaveRemote, ...(reason !== undefined && { allowChanged: reason }) };
  return { run, attempt: await startAttempt(deps, run, options), goesOn };
}

/** Here, or where it trained last. The trainer decides which checkpoint is intact. */
async function hasCheckpoint(deps: LaunchDeps, run: string, onlyHere: boolean): Promise<boolean> {
  if ((await listCheckpoints(localHost, runDirOf(deps, run))).length > 0) return true;
  const away = onlyHere ? null : latestAway(deps, run);
  return away !== null && (await listCheckpoints(away.host, away.runDir)).length > 0;
}
