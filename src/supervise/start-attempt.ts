// Starting an attempt so that it starts once: intent on disk and in the database first, then the process.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { isUnreachable } from '../hosts/unreachable.ts';
import { isolatedArgs } from '../python/isolated.ts';
import { controllerExit, type LaunchFile } from '../run/attempt-files.ts';
import { attemptPaths } from '../run/layout.ts';
import { latestAttempt } from '../store/attempts.ts';
import { type Begun, beginWithLeases, type NewLease } from '../store/leases.ts';
import { requireWritable } from '../store/open-store.ts';
import { isStoreTrouble } from '../store/store-errors.ts';
import {
  type AttemptContext,
  hostNamed,
  openAttempt,
  requireHost,
  requireScheduler,
  runDirOf,
  runDirOn,
} from './attempt-context.ts';
import { awayEnvironment } from './away-environment.ts';
import { unfetched } from './away-runs.ts';
import type { LaunchDeps, SuperviseDeps, TrainerPython } from './deps.ts';
import { fetchResults } from './fetch-results.ts';
import { guardEnvironment } from './guard-environment.ts';
import { jobEnvironment, recordableEnvironment } from './job-environment.ts';
import { forgetOwnLaunch, recordOwnLaunch } from './own-launches.ts';
import { expectEnd } from './pending-notifications.ts';
import { placeRun } from './place-run.ts';
import { deviceEnvironment } from './queue/devices.ts';
import { forgetPlace } from './queue/places.ts';
import { devicesTaken, takeDevices } from './queue/take-devices.ts';
import { attemptNumbers, readPlanFile } from './run-folder.ts';
import { settleAttempt } from './settle-attempt.ts';
import { requireTrust } from './trusted-code.ts';
import { waitForStore } from './wait-for-store.ts';

export interface StartOptions {
  /** Where it trains; by default where its last attempt did, and at first where the plan says. */
  host?: string | undefined;
  /** Does not wait for the results of an attempt on another host, which may be newer than what is here. */
  leaveRemote?: boolean | undefined;
  /** The devices that the dispatcher chose for a run that waits; if it waits no longer, it is not started. */
  fromQueue?: readonly NewLease[];
  /** `--allow-changed`: why the attempt may go on with other versions or another base model. */
  allowChanged?: string;
}

/**
 * Starts the next attempt of a queued or finished run and returns its number; the trainer then runs on its own.
 * Throws UserError U103 (under way already), R130 (no such host), R131 (the interpreter cannot be run), R132 (no plan),
 * R133 (it would execute code of a model that this user has not allowed), R140 (its GPUs are in use), R144 (it waits no
 * longer).
 */
export async function startAttempt(
  deps: LaunchDeps,
  run: string,
  { fromQueue, allowChanged, host: named, leaveRemote }: StartOptions = {},
): Promise<number> {
  requireWritable(deps.store);
  const home = runDirOf(deps, run);
  const read = readPlanFile(home);
  if (read.state !== 'read')
    throw new UserError('R132', `${home} has no readable plan.json`, { exitCode: 3 });
  const plan = read.value;
  requireTrust(deps.env, home, plan);
  const before = fromQueue ? undefined : latestAttempt(deps.store, run)?.host;
  const last = before !== undefined && hostNamed(deps, before) ? before : undefined;
  const host = requireHost(deps, named ?? last ?? plan.resources.host);
  const left = unfetched(deps, run);
  if (left && left.host.name !== host.name && !leaveRemote) await fetchResults(deps, run);
  const scheduler = requireScheduler(host.scheduler);
  const runDir = runDirOn(host, deps, run);
  const found = await deps.pythonOn(host);
  const placed = await placeRun(deps, host, { home, runDir, plan, trainerDir: found.trainerDir });
  const python = { ...found, trainerDir: placed.trainerDir };
  const n = await nextNumber(deps, host, run);
  const leases = fromQueue ?? (await takeDevices(deps, run, host, plan));
  const env = {
    ...(runDir === home
      ? jobEnvironment({ ...deps.env, ...python.env })
      : await awayEnvironment(host, deps.env, python.env)),
    ...deviceEnvironment(leases),
  };
  const launch: LaunchFile = {
    lorch: 1,
    attempt: n,
    token: randomUUID(),
    host: host.name,
    scheduler: scheduler.name,
    resources: { gpus: plan.resources.gpus, devices: leases.map(leaseOf) },
    created_ms: deps.now(),
    python: python.executable,
    shim: join(python.trainerDir, 'shim.py'),
    command: [
      ...(deps.trainerCommand?.(runDir, n) ?? trainerCommand(python, runDir, n, placed.baseModel)),
      ...(allowChanged === undefined ? [] : ['--allow-changed', allowChanged]),
    ],
    env: recordableEnvironment(env),
  };
  const file = attemptPaths(runDir, n).launch;
  const { python: program, shim, command, env: recorded } = launch;
  recordOwnLaunch(deps, launch.token, {
    run_dir: runDir,
    attempt: n,
    ...{ python: program, shim, command, env: recorded },
  });
  const taken = { leases, fromQueue: fromQueue !== undefined };
  await beginLaunch(deps, host, run, { launch, file, ...taken }).catch((error: unknown) => {
    forgetOwnLaunch(deps, launch.token);
    throw error;
  });
  if (deps.notifies) expectEnd(deps, run);
  forgetPlace(deps, run);
  await spawnAttempt(deps, run, launch, { ...env, ...guardEnvironment(host, plan) });
  return n;
}

/** Launch file and record, both or neither: a launch that will never start must not look like a lost one. */
async function beginLaunch(
  deps: LaunchDeps,
  host: Host,
  run: string,
  { launch, file, ...devices }: BegunLaunch,
): Promise<void> {
  const text = `${JSON.stringify(launch)}\n`;
  const home = attemptPaths(runDirOf(deps, run), launch.attempt).launch;
  // An index that is made again must not begin it a second time, whether its host can be reached then or not.
  const here = home === file || (await localHost.createOnce(home, text));
  const remove = async () => {
    if (home !== file && here) await localHost.remove(home);
    // What cannot be removed from another host now was never begun, and its number is not used again.
    await host.remove(file).catch(ignoreUnreachable);
  };
  let made = false;
  let begun: Begun = 'under_way';
  try {
    made = here && (await host.createOnce(file, text));
    const begin = () => beginWithLeases(deps.store, run, attemptOf(launch), devices);
    if (made) begun = await waitForStore(deps, begin);
  } catch (error) {
    if (made) await remove();
    else if (home !== file && here) await localHost.remove(home);
    throw error;
  }
  if (begun === 'begun') return;
  if (made) await remove();
  if (begun === 'taken') throw devicesTaken(run);
  if (begun === 'left')
    throw new UserError('R144', `run ${run} waits no longer`, { hint: '`lorch queue` shows what waits' });
  throw new UserError('U103', `run ${run} is under way already`, { hint: `lorch logs ${run} -f` });
}

interface BegunLaunch {
  launch: LaunchFile;
  file: string;
  leases: readonly NewLease[];
  fromQueue: boolean;
}

function ignoreUnreachable(error: unknown): void {
  if (!isUnreachable(error)) throw error;
}

function leaseOf({ device, shared, bytes }: NewLease): NewLease {
  return { device, shared, bytes };
}

/** The number after every attempt on record or on disk. */
export async function nextNumber(deps: SuperviseDeps, host: Host, run: string): Promise<number> {
  const recorded = latestAttempt(deps.store, run)?.n ?? 0;
  const there = (await attemptNumbers(host, runDirOn(host, deps, run))).at(-1) ?? 0;
  const here = (await attemptNumbers(localHost, runDirOf(deps, run))).at(-1) ?? 0;
  return Math.max(recorded, there, here) + 1;
}

/** What the database holds of a launch. */
export function attemptOf(launch: LaunchFile) {
  return {
    n: launch.attempt,
    token: launch.token,
    host: launch.host,
    scheduler: launch.scheduler,
    createdMs: launch.created_ms,
  };
}

/** Starts the job of an attempt that is on record as launching; one that cannot be started ends as not started. */
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
  const { host, runDir, paths, token } = attempt;
  const { python, shim, command, resources = { gpus: 0 } } = launch;
  try {
    const job = { host, runDir, paths, token };
    const started = { ...env, LORCH_ATTEMPT: token };
    const handle = await attempt.scheduler.start({ ...job, python, shim, command, resources, env: started });
    if (handle !== null) await rememberHandle(deps, attempt, { ...launch, handle });
  } catch (error) {
    // Nobody knows whether it started: the claim will tell, once the host can be reached.
    if (isUnreachable(error)) return;
    if (!(await endFailedSpawn(deps, attempt, error))) return;
    throw error;
  }
}

/** The files of the attempt tell what it is without a handle, too: one that cannot be kept stops nothing. */
async function rememberHandle(
  deps: SuperviseDeps,
  { run, host, paths }: AttemptContext,
  launch: LaunchFile,
): Promise<void> {
  try {
    // A folder that was deleted meanwhile must not come back.
    if (await host.stat(paths.launch)) await host.put(paths.launch, `${JSON.stringify(launch)}\n`);
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, "the job's handle cannot be kept");
  }
}

/**
 * Whatever cannot be written any more: an attempt whose start was reported as failed must never start later. False: it
 * has started after all.
 */
async function endFailedSpawn(
  deps: SuperviseDeps,
  attempt: AttemptContext,
  error: unknown,
): Promise<boolean> {
  const { host, paths, token } = attempt;
  const t = deps.now();
  const message = error instanceof Error ? error.message : String(error);
  const exit = controllerExit({ t, error: message });
  try {
    const claimed = await host.createOnce(paths.claim, JSON.stringify({ by: 'controller', t }));
    if (!claimed && (await attempt.file('claim'))?.by === 'shim') return false;
    await host.createOnce(paths.exit, JSON.stringify(exit));
  } catch (second) {
    deps.log.run(attempt.run).warn({ error: String(second) }, 'the failed start cannot be written down');
  }
  forgetOwnLaunch(deps, token);
  await settleAttempt(deps, attempt, exit).catch((second: unknown) => {
    if (!isStoreTrouble(second)) throw second;
  });
  return true;
}

function trainerCommand(
  { executable, trainerDir }: TrainerPython,
  runDir: string,
  n: number,
  baseModel: string | null,
): string[] {
  const model = baseModel === null ? [] : ['--base-model', baseModel];
  const program = ['lorch_trainer', 'train', runDir, '--attempt', String(n), ...model];
  return [executable, ...isolatedArgs(trainerDir, 0, program)];
}
