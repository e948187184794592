// Starting an attempt so that it starts once: intent on disk and in the database first, then the process.
import { randomUUID } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { jobEnvironment, recordableEnvironment } from '../launchers/job-environment.ts';
import { isolatedArgs } from '../python/isolated.ts';
import { controllerExit, type LaunchFile } from '../run/attempt-files.ts';
import { attemptPaths } from '../run/layout.ts';
import { beginAttempt, latestAttempt } from '../store/attempts.ts';
import { requireWritable } from '../store/open-store.ts';
import { isStoreTrouble } from '../store/store-errors.ts';
import { type AttemptContext, openAttempt, requireLauncher, runDirOf } from './attempt-context.ts';
import type { LaunchDeps, SuperviseDeps, TrainerPython } from './deps.ts';
import { forgetOwnLaunch, recordOwnLaunch } from './own-launches.ts';
import { attemptNumbers, readPlan } from './run-folder.ts';
import { settleAttempt } from './settle-attempt.ts';
import { requireTrust } from './trusted-code.ts';
import { waitForStore } from './wait-for-store.ts';

/**
 * Starts the next attempt of a queued or finished run and returns its number; the trainer then runs on its own.
 * Throws UserError U103 (under way already), R130 (no such launcher), R131 (the interpreter cannot be run), R132 (no plan), R133 (it would execute
 * code of a model that this user has not allowed).
 */
export async function startAttempt(deps: LaunchDeps, run: string): Promise<number> {
  requireWritable(deps.store);
  const runDir = runDirOf(deps, run);
  const plan = await readPlan(runDir);
  if (!plan) throw new UserError('R132', `${runDir} has no readable plan.json`, { exitCode: 3 });
  requireTrust(deps.env, runDir, plan);
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
  await beginLaunch(deps, run, launch, file).catch((error: unknown) => {
    forgetOwnLaunch(deps, launch.token);
    throw error;
  });
  await spawnAttempt(deps, run, launch, env);
  return n;
}

/** Launch file and record, both or neither: a launch that will never start must not look like a lost one. */
async function beginLaunch(deps: LaunchDeps, run: string, launch: LaunchFile, file: string): Promise<void> {
  const launcher = requireLauncher(launch.launcher);
  const made = await launcher
    .createOnce(file, `${JSON.stringify(launch)}\n`)
    .catch(async (error: unknown) => {
      // The folder that was made for it, unless somebody else uses it.
      await rmdir(dirname(file)).catch(() => undefined);
      throw error;
    });
  try {
    if (made && (await waitForStore(deps, () => beginAttempt(deps.store, run, attemptOf(launch))))) return;
  } catch (error) {
    await launcher.remove(file);
    throw error;
  }
  if (made) await launcher.remove(file);
  throw new UserError('U103', `run ${run} is under way already`, { hint: `lorch logs ${run} -f` });
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
    await endFailedSpawn(deps, attempt, error);
    throw error;
  }
}

/** Whatever cannot be written any more: an attempt whose start was reported as failed must never start later. */
async function endFailedSpawn(deps: SuperviseDeps, attempt: AttemptContext, error: unknown): Promise<void> {
  const { launcher, paths, token } = attempt;
  forgetOwnLaunch(deps, token);
  const t = deps.now();
  const message = error instanceof Error ? error.message : String(error);
  const exit = controllerExit({ t, error: message });
  try {
    await launcher.createOnce(paths.claim, JSON.stringify({ by: 'controller', t }));
    await launcher.createOnce(paths.exit, JSON.stringify(exit));
  } catch (second) {
    deps.log.run(attempt.run).warn({ error: String(second) }, 'the failed start cannot be written down');
  }
  await settleAttempt(deps, attempt, exit).catch((second: unknown) => {
    if (!isStoreTrouble(second)) throw second;
  });
}

function trainerCommand({ executable, trainerDir }: TrainerPython, runDir: string, n: number): string[] {
  const program = ['lorch_trainer', 'train', runDir, '--attempt', String(n)];
  return [executable, ...isolatedArgs(trainerDir, 0, program)];
}
