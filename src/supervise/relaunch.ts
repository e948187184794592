// An attempt without a claim: its spawn was lost, or is slow. The first process to link the claim decides; after
// that the old spawn can never start, so that starting another is safe.
import { localHost } from '../hosts/local.ts';
import { controllerExit, type LaunchFile } from '../run/attempt-files.ts';
import { attemptPaths } from '../run/layout.ts';
import { listAttempts, replaceAttempt } from '../store/attempts.ts';
import { requireWritable } from '../store/open-store.ts';
import { type AttemptContext, runDirOf } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { guardEnvironment } from './guard-environment.ts';
import { relaunchEnvironment } from './job-environment.ts';
import { nextLaunch } from './next-launch.ts';
import { forgetOwnLaunch, readOwnLaunch, recordOwnLaunch } from './own-launches.ts';
import { readPlan } from './run-folder.ts';
import { attemptOf, nextNumber, spawnAttempt } from './start-attempt.ts';
import { requireTrust } from './trusted-code.ts';

/** So often is an attempt tried before the run counts as not startable. */
export const maxLaunches = 5;

/** How many attempts at the end of a run's list never started. */
export function lostLaunches(deps: SuperviseDeps, run: string): number {
  const attempts = listAttempts(deps.store, run);
  const started = attempts.findLastIndex((each) => each.state !== 'abandoned' && each.state !== 'launching');
  return attempts.length - 1 - started;
}

/** Makes sure that the attempt never starts. False: its shim was faster. */
export async function claimForController(deps: SuperviseDeps, attempt: AttemptContext): Promise<boolean> {
  const claim = JSON.stringify({ by: 'controller', t: deps.now() });
  if (await attempt.host.createOnce(attempt.paths.claim, claim)) {
    if (attempt.away) await localHost.createOnce(attempt.home.claim, claim);
    return true;
  }
  return (await attempt.file('claim'))?.by === 'controller';
}

/** Starts another attempt in place of one that the controller has claimed, or writes down why not. */
export async function relaunch(deps: SuperviseDeps, attempt: AttemptContext): Promise<void> {
  const { run, n, host, paths } = attempt;
  const log = deps.log.run(run);
  requireWritable(deps.store);
  if (await attempt.file('stop')) return await endWithoutStart(deps, attempt, null);
  if (lostLaunches(deps, run) >= maxLaunches)
    return await endWithoutStart(deps, attempt, `the supervisor did not start in ${maxLaunches} tries`);
  // Not launch.json: a run folder may come from elsewhere, and nothing in it says what is started.
  const own = readOwnLaunch(deps, attempt.token, attempt.runDir, n);
  if (!own)
    return await endWithoutStart(deps, attempt, `it was not launched on this machine: ${resumeIt(run)}`);
  const plan = await readPlan(localHost, runDirOf(deps, run));
  try {
    // The plan may have been replaced since.
    if (plan) requireTrust(deps.env, runDirOf(deps, run), plan);
  } catch (error) {
    return await endWithoutStart(deps, attempt, error instanceof Error ? error.message : String(error));
  }
  const next = await nextNumber(deps, host, run);
  const { python, shim, env } = own;
  const retry = (await attempt.file('launch'))?.retry;
  const command = withAttempt(own.command, next);
  const launch = nextLaunch(deps, attempt, own, {
    attempt: next,
    command,
    gpus: plan?.resources.gpus ?? 0,
    retry,
  });
  const dir = attemptPaths(attempt.runDir, next);
  await keepLaunchHome(deps, attempt, launch);
  // Somebody else is at it: the next look shows what came of it.
  if (!(await host.createOnce(dir.launch, `${JSON.stringify(launch)}\n`))) return;
  recordOwnLaunch(deps, launch.token, {
    run_dir: attempt.runDir,
    attempt: next,
    ...{ python, shim, command, env },
  });
  const claimed = (await attempt.file('claim'))?.t ?? launch.created_ms;
  if (!replaceAttempt(deps.store, run, n, claimed, attemptOf(launch))) {
    await host.remove(dir.launch);
    forgetOwnLaunch(deps, launch.token);
    return;
  }
  log.warn(
    { attempt: next, instead_of: n, claim: paths.claim },
    'the supervisor did not start; trying again',
  );
  try {
    await spawnAttempt(deps, run, launch, {
      ...relaunchEnvironment(env, deps.env),
      ...guardEnvironment(host, plan),
    });
  } catch (error) {
    log.error({ attempt: next, error: String(error) }, 'cannot be started');
  }
}

function resumeIt(run: string): string {
  return `\`lorch resume ${run}\` starts it with this workspace's own trainer`;
}

/** What is begun elsewhere is known here before: an index that is made again must not begin it a second time. */
async function keepLaunchHome(
  deps: SuperviseDeps,
  { run, away }: Pick<AttemptContext, 'run' | 'away'>,
  launch: LaunchFile,
): Promise<void> {
  const file = attemptPaths(runDirOf(deps, run), launch.attempt).launch;
  if (away) await localHost.createOnce(file, `${JSON.stringify(launch)}\n`);
}

/** Ends an attempt that was not started: with an error, or (null) because a stop was asked for. */
export async function endWithoutStart(
  deps: SuperviseDeps,
  { host, paths }: AttemptContext,
  error: string | null,
): Promise<void> {
  await host.createOnce(paths.exit, JSON.stringify(controllerExit({ t: deps.now(), error })));
}

// The attempt's number is an argument of the trainer; nothing else of the command changes.
function withAttempt(command: readonly string[], n: number): string[] {
  const at = command.lastIndexOf('--attempt');
  return at < 0 ? [...command] : command.map((word, i) => (i === at + 1 ? String(n) : word));
}
