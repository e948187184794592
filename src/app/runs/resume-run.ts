import { join } from 'node:path';
import { redactorOf } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Host } from '../../hosts/host.ts';
import { findHost } from '../../hosts/index.ts';
import { runPaths } from '../../run/layout.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun } from '../../store/runs.ts';
import { runDirOf, runDirOn } from '../../supervise/attempt-context.ts';
import type { LaunchDeps } from '../../supervise/deps.ts';
import { readPlanFile } from '../../supervise/run-folder.ts';
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
  trusted?: boolean;
  /** Why it may go on with other versions or another base model than those of the checkpoint. */
  allowChanged?: string;
}

/**
 * Starts the next attempt of a run that failed, was stopped or lost, or never began. The trainer continues from the
 * newest complete checkpoint. Throws UserError U103 (under way), U105 (it
 * succeeded), U111 (no reason), R133 (its base model may not execute code).
 */
export async function resumeRun(
  deps: LaunchDeps,
  ref: string,
  { trusted = false, allowChanged }: ResumeOptions = {},
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
  const plan = readPlanFile(home);
  const host = plan.state === 'read' ? findHost(plan.value.resources.host) : undefined;
  const goesOn = host !== undefined && (await hasCheckpoint(host, runDirOn(host, deps, run)));
  return {
    run,
    attempt: await startAttempt(deps, run, reason === undefined ? {} : { allowChanged: reason }),
    goesOn,
  };
}

// A checkpoint's seal is written last. The trainer decides which checkpoint is intact.
async function hasCheckpoint(host: Host, runDir: string): Promise<boolean> {
  const { checkpoints } = runPaths(runDir);
  for (const { name } of (await host.list(checkpoints)) ?? [])
    if (/^checkpoint-\d+$/.test(name) && (await host.stat(join(checkpoints, name, 'lorch.json'))))
      return true;
  return false;
}
