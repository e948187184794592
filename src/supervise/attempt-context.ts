// One attempt with everything that is asked about it again and again.
import { basename, dirname } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { absentHost } from '../hosts/absent.ts';
import type { Host } from '../hosts/host.ts';
import { findHost, hostNames } from '../hosts/index.ts';
import { localHost } from '../hosts/local.ts';
import { readAttemptFile } from '../hosts/read-files.ts';
import type { AttemptFile, AttemptFileKind } from '../run/attempt-files.ts';
import { type AttemptPaths, attemptPaths, runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';
import type { RunFile } from '../run/run-file.ts';
import { findScheduler } from '../schedulers/index.ts';
import { processScheduler } from '../schedulers/process.ts';
import type { Job, Scheduler } from '../schedulers/scheduler.ts';
import type { AttemptRow } from '../store/attempts.ts';
import type { SuperviseDeps } from './deps.ts';
import type { EventSource } from './drain-events.ts';
import { readPlan } from './run-folder.ts';

/** The attempt is a job: its folders are those on its host. */
export interface AttemptContext extends Job {
  run: string;
  n: number;
  paths: AttemptPaths;
  /** The same in the workspace; what another host has is copied there (mirror-attempt.ts). */
  home: AttemptPaths;
  /** It runs in another folder than the workspace's. */
  away: boolean;
  scheduler: Scheduler;
  events: EventSource;
  /** One of its files; null if it is missing or damaged. */
  file<K extends AttemptFileKind>(kind: K): Promise<AttemptFile<K> | null>;
  /** The same, with what is wrong with it. */
  read<K extends AttemptFileKind>(kind: K): Promise<RunFile<AttemptFile<K>>>;
}

/** The folder of a run in the workspace. */
export function runDirOf(deps: Pick<SuperviseDeps, 'runsDir'>, run: string): string {
  return runPaths(`${deps.runsDir}/${run}`).dir;
}

/** The folder of a run on a host. */
export function runDirOn(host: Host, deps: Pick<SuperviseDeps, 'runsDir'>, run: string): string {
  return runPaths(`${host.runsDir(deps.runsDir)}/${run}`).dir;
}

/** The host of that name; undefined if there is none. */
export function hostNamed(deps: Pick<SuperviseDeps, 'findHost'>, name: string): Host | undefined {
  return deps.findHost?.(name) ?? findHost(name);
}

/** The attempt as the workspace has it: nothing is asked of another host. */
export function homeView(attempt: AttemptContext): AttemptContext {
  if (!attempt.away) return attempt;
  const { home } = attempt;
  return {
    ...attempt,
    host: localHost,
    runDir: dirname(home.dir),
    paths: home,
    away: false,
    ...reading(localHost, home),
  };
}

/** The same attempt, as its folder is at this moment: each of its small files is read once. */
export function readOnce(attempt: AttemptContext): AttemptContext {
  const known = new Map<AttemptFileKind, Promise<RunFile<unknown>>>();
  const names = attempt.host
    .list(attempt.paths.dir)
    .then((entries) => entries && new Set(entries.map(({ name }) => name)));
  const readNow = async <K extends AttemptFileKind>(kind: K): Promise<RunFile<AttemptFile<K>>> => {
    // Opening what is not there costs more than all that is read of it.
    if ((await names)?.has(basename(attempt.paths[kind])) === false) return { state: 'missing' };
    return await attempt.read(kind);
  };
  const read = <K extends AttemptFileKind>(kind: K): Promise<RunFile<AttemptFile<K>>> => {
    const found = known.get(kind) ?? readNow(kind);
    known.set(kind, found);
    return found as Promise<RunFile<AttemptFile<K>>>;
  };
  return {
    ...attempt,
    read,
    async file(kind) {
      const found = await read(kind);
      return found.state === 'read' ? found.value : null;
    },
  };
}

/** `plan` spares reading it again; `position` is where the reader of events starts. */
export async function openAttempt(
  deps: SuperviseDeps,
  attempt: Pick<AttemptRow, 'run' | 'n' | 'token' | 'host' | 'scheduler'>,
  position: number,
  plan?: Plan | null,
): Promise<AttemptContext> {
  const host = hostNamed(deps, attempt.host) ?? absentHost(attempt.host);
  const homeDir = runDirOf(deps, attempt.run);
  const runDir = runDirOn(host, deps, attempt.run);
  const paths = attemptPaths(runDir, attempt.n);
  const home = attemptPaths(homeDir, attempt.n);
  const known = plan === undefined ? await readPlan(localHost, homeDir) : plan;
  return {
    run: attempt.run,
    n: attempt.n,
    token: attempt.token,
    host,
    runDir,
    paths,
    home,
    away: runDir !== homeDir,
    scheduler: findScheduler(attempt.scheduler) ?? unknownScheduler(attempt.scheduler),
    events: {
      run: attempt.run,
      attempt: attempt.n,
      host: localHost,
      file: home.events,
      plan: known,
      position,
    },
    ...reading(host, paths),
  };
}

function reading(host: Host, paths: AttemptPaths): Pick<AttemptContext, 'read' | 'file'> {
  return {
    read: (kind) => readAttemptFile(host, paths, kind),
    async file(kind) {
      const read = await readAttemptFile(host, paths, kind);
      return read.state === 'read' ? read.value : null;
    },
  };
}

// A folder may name a scheduler of another version, or none at all: it can be read, and nothing can be started.
function unknownScheduler(name: string): Scheduler {
  return {
    ...processScheduler,
    name,
    async start() {
      return requireScheduler(name);
    },
  };
}

/** Throws UserError R130. */
export function requireHost(deps: Pick<SuperviseDeps, 'findHost'>, name: string): Host {
  const host = hostNamed(deps, name);
  if (host) return host;
  throw new UserError('R130', `there is no host ${name}`, {
    hint: `name it under \`hosts\` in lorch.yaml, or set resources.host to ${hostNames.join(', ')} and train from the config again`,
  });
}

/** Throws UserError R130. */
export function requireScheduler(name: string): Scheduler {
  const scheduler = findScheduler(name);
  if (scheduler) return scheduler;
  throw new UserError('R130', `this version of lorch has no scheduler ${name}`, {
    hint: 'train from the config again',
  });
}
