import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import { runPaths } from '../../run/layout.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun } from '../../store/runs.ts';
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

/**
 * Starts the next attempt of a run that failed, was stopped or lost, or never began. The trainer continues from the
 * newest complete checkpoint. `trusted`: its base model may execute code. Throws UserError U103 (under way), U105 (it
 * succeeded), R133 (its base model may not execute code).
 */
export async function resumeRun(deps: LaunchDeps, ref: string, trusted = false): Promise<Resumed> {
  const run = resolveRun(deps.store, ref);
  const status = getRun(deps.store, run)?.status;
  if (status?.phase === 'finished' && status.outcome === 'succeeded')
    throw new UserError('U105', `run ${run} succeeded; there is nothing to resume`, {
      hint: `lorch rerun ${run} trains the same plan again`,
      exitCode: 1,
    });
  const dir = join(deps.runsDir, run);
  if (trusted) trustCode(deps.env, dir, await requirePlan(dir));
  const goesOn = await hasCheckpoint(runPaths(dir).checkpoints);
  return { run, attempt: await startAttempt(deps, run), goesOn };
}

// A checkpoint's seal is written last. The trainer decides which checkpoint is intact.
async function hasCheckpoint(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch(() => []);
  const sealed = await Promise.all(
    names
      .filter((name) => /^checkpoint-\d+$/.test(name))
      .map((name) =>
        access(join(dir, name, 'lorch.json')).then(
          () => true,
          () => false,
        ),
      ),
  );
  return sealed.includes(true);
}
