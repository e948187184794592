// Starting an attempt so that it starts once: intent on disk and in the database first, then the process.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { jobEnvironment, recordableEnvironment } from '../launchers/job-environment.ts';
import { isolatedArgs } from '../python/isolated.ts';
import type { LaunchFile } from '../run/attempt-files.ts';
import { attemptPaths } from '../run/layout.ts';
import { beginAttempt, latestAttempt } from '../store/attempts.ts';
import { openAttempt, requireLauncher, runDirOf } from './attempt-context.ts';
import type { LaunchDeps, SuperviseDeps, TrainerPython } from './deps.ts';
import { forgetOwnLaunch, recordOwnLaunch } from './own-launches.ts';
import { attemptNumbers, readPlan } from './run-folder.ts';
import { settleAttempt } from './settle-attempt.ts';

/**
 * Starts the next attempt of a queued or finished run and returns its number; the trainer then runs on its own.
 * Throws UserError U103 (under way already), R130 (no such launcher), R131 (the interpreter cannot be run), R132 (no plan).
 */
export async function startAttempt(deps: LaunchDeps, run: string): Promise<number> {
  const runDir = runDirOf(deps, run);
  const plan = await readPlan(runDir);
  if (!plan) throw new UserError('R132', `${runDir} has no readable plan.json`, { exitCode: 3 });
  const launcher = requireLauncher(plan.resources.launcher);
  const n = await nextNumber(deps, run);
  const { python } = deps;
  const env = jobEnvironment({ ...deps.env, ...python.env });
  const launch: LaunchFile = {
    lorch: 1,
    attempt: n,
    token: randomUUID(),
    launcher: launcher.name,
    created_ms: deps.now(),
    python: python.executable,
    shim: join(python.trainerDir, 'shim.py'),
    command: deps.trainerCommand?.(runDir, n) ?? trainerCommand(python, runDir, n),
    env: recordableEnvironment(env),
  };
  const file = attemptPaths(runDir, n).launch;
  const { python: program, shim, command, env: recorded } = launch;
  recordOwnLaunch(deps, launch.token, {
    run_dir: runDir,
    attempt: n,
    ...{ python: program, shim, command, env: recorded },
  });
  const made = await launcher.createOnce(file, `${JSON.stringify(launch)}\n`);
  if (!made || !beginAttempt(deps.store, run, attemptOf(launch))) {
    // A launch that nobody will ever start must not look like one whose controller died.
    if (made) await launcher.remove(file);
    forgetOwnLaunch(deps, launch.token);
    throw new UserError('U103', `run ${run} is under way already`, { hint: `lorch logs ${run} -f` });
  }
  await spawnAttempt(deps, run, launch, env);
  return n;
}

/** The number after every attempt on record or on disk. */
export async function nextNumber(deps: SuperviseDeps, run: string): Promise<number> {
  const recorded = latestAttempt(deps.store, run)?.n ?? 0;
  const onDisk = (await attemptNumbers(runDirOf(deps, run))).at(-1) ?? 0;
  return Math.max(recorded, onDisk) + 1;
}

/** What the database holds of a launch. */
export function attemptOf(launch: LaunchFile) {
  return {
    n: launch.attempt,
    token: launch.token,
    launcher: launch.launcher,
    createdMs: launch.created_ms,
  };
}

/** Spawns the shim of an attempt that is on record as launching; one that cannot be spawned ends as not started. */
export async function spawnAttempt(
  deps: SuperviseDeps,
  run: string,
  launch: LaunchFile,
  env: Record<string, string>,
): Promise<void> {
  const attempt = await openAttempt(deps, { run, ...attemptOf(launch) }, 0);
  deps.log
    .run(run)
    .info({ attempt: launch.attempt, command: launch.command, env: Object.keys(launch.env) }, 'starting');
  try {
    await attempt.launcher.start({
      attemptDir: attempt.paths.dir,
      python: launch.python,
      shim: launch.shim,
      command: launch.command,
      env: { ...env, LORCH_ATTEMPT: launch.token },
    });
  } catch (error) {
    const t = deps.now();
    await attempt.launcher.createOnce(attempt.paths.claim, JSON.stringify({ by: 'controller', t }));
    const message = error instanceof Error ? error.message : String(error);
    const exit = { by: 'controller', code: null, signal: null, error: message, asked: null, t } as const;
    await attempt.launcher.createOnce(attempt.paths.exit, JSON.stringify(exit));
    await settleAttempt(deps, attempt, exit);
    throw error;
  }
}

function trainerCommand({ executable, trainerDir }: TrainerPython, runDir: string, n: number): string[] {
  const program = ['lorch_trainer', 'train', runDir, '--attempt', String(n)];
  return [executable, ...isolatedArgs(trainerDir, 0, program)];
}
