// Runs that failed, were stopped or lost, queued to go on: one, or those of a sweep.
import { UserError } from '../../diagnostics/user-error.ts';
import { statusWord } from '../../run/status.ts';
import { getWaiting } from '../../store/queue.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { resolveSweep } from '../../store/resolve-sweep.ts';
import { getRun } from '../../store/runs.ts';
import { runDirOf } from '../../supervise/attempt-context.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { requireTrust, trustCode } from '../../supervise/trusted-code.ts';
import { requirePlan } from '../files/require-plan.ts';
import { type QueueOptions, queueRuns } from './queue-runs.ts';

export interface QueuedToResume {
  queued: string[];
  /** Runs of the sweep that are left as they are, with their status. */
  kept: { run: string; status: string }[];
}

export interface ResumeQueueOptions extends Pick<QueueOptions, 'python'> {
  /** Their base models may execute code. */
  trusted: boolean;
}

/** Whether `ref` means a sweep, which is resumed through the queue. */
export function isSweep({ store }: Pick<SuperviseDeps, 'store'>, ref: string): boolean {
  return resolveSweep(store, ref) !== null;
}

/** Queues what `ref` names to go on from its newest checkpoint. Throws UserError U103, U105, R133. */
export async function queueResumed(
  deps: SuperviseDeps,
  ref: string,
  { python, trusted }: ResumeQueueOptions,
): Promise<QueuedToResume> {
  const runs = resolveSweep(deps.store, ref) ?? [resolveRun(deps.store, ref)];
  const states = runs.map((run) => ({ run, status: standingOf(deps, run) }));
  const kept = states.filter(({ status }) => !mayResume(status));
  const queued = states.filter(({ status }) => mayResume(status)).map(({ run }) => run);
  if (queued.length === 0) throw nothingToResume(ref, kept);
  for (const run of queued) {
    const home = runDirOf(deps, run);
    const plan = await requirePlan(home);
    if (trusted) trustCode(deps.env, home, plan);
    requireTrust(deps.env, home, plan);
  }
  await queueRuns(deps, queued, { priority: 0, after: [], python });
  return { queued, kept };
}

/** Its status; `waiting` if it is in the queue. */
function standingOf(deps: SuperviseDeps, run: string): string {
  if (getWaiting(deps.store, run)) return 'waiting';
  const row = getRun(deps.store, run);
  return row ? statusWord(row.status) : 'lost';
}

function mayResume(status: string): boolean {
  return ['queued', 'failed', 'cancelled', 'lost'].includes(status);
}

function nothingToResume(ref: string, kept: QueuedToResume['kept']): UserError {
  if (kept.every(({ status }) => status === 'succeeded'))
    return new UserError('U105', `${ref} has succeeded; there is nothing to resume`, {
      hint: `lorch rerun ${kept[0]?.run} trains the same plan again`,
      exitCode: 1,
    });
  const first = kept.find(({ status }) => status !== 'succeeded');
  return new UserError('U103', `${ref} is under way or waits already (${first?.run}: ${first?.status})`, {
    hint: 'lorch queue',
  });
}
