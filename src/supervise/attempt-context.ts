// One attempt with everything that is asked about it again and again.
import { basename } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { findLauncher } from '../launchers/index.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { localLauncher } from '../launchers/local.ts';
import type { AttemptFile, AttemptFileKind } from '../run/attempt-files.ts';
import { type AttemptPaths, attemptPaths, runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';
import type { RunFile } from '../run/run-file.ts';
import type { AttemptRow } from '../store/attempts.ts';
import type { SuperviseDeps } from './deps.ts';
import type { EventSource } from './drain-events.ts';
import { attemptFiles, readAttemptFile, readPlan } from './run-folder.ts';

export interface AttemptContext {
  run: string;
  n: number;
  token: string;
  runDir: string;
  paths: AttemptPaths;
  launcher: Launcher;
  events: EventSource;
  /** One of its files; null if it is missing or damaged. */
  file<K extends AttemptFileKind>(kind: K): Promise<AttemptFile<K> | null>;
  /** The same, with what is wrong with it. */
  read<K extends AttemptFileKind>(kind: K): Promise<RunFile<AttemptFile<K>>>;
}

/** The folder of a run. */
export function runDirOf(deps: Pick<SuperviseDeps, 'runsDir'>, run: string): string {
  return runPaths(`${deps.runsDir}/${run}`).dir;
}

/** The same attempt, as its folder is at this moment: each of its small files is read once. */
export function readOnce(attempt: AttemptContext): AttemptContext {
  const known = new Map<AttemptFileKind, Promise<RunFile<unknown>>>();
  const names = attemptFiles(attempt.paths.dir);
  const missing = Promise.resolve<RunFile<never>>({ state: 'missing' });
  const read = <K extends AttemptFileKind>(kind: K): Promise<RunFile<AttemptFile<K>>> => {
    // Opening what is not there costs more than all that is read of it.
    const found =
      known.get(kind) ?? (names?.has(basename(attempt.paths[kind])) === false ? missing : attempt.read(kind));
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
  attempt: Pick<AttemptRow, 'run' | 'n' | 'token' | 'launcher'>,
  position: number,
  plan?: Plan | null,
): Promise<AttemptContext> {
  const runDir = runDirOf(deps, attempt.run);
  const paths = attemptPaths(runDir, attempt.n);
  const launcher = findLauncher(attempt.launcher) ?? unknownLauncher(attempt.launcher);
  const known = plan === undefined ? readPlan(runDir) : plan;
  return {
    run: attempt.run,
    n: attempt.n,
    token: attempt.token,
    runDir,
    paths,
    launcher,
    events: { run: attempt.run, attempt: attempt.n, launcher, file: paths.events, plan: known, position },
    read: (kind) => readAttemptFile(launcher, paths, kind),
    async file(kind) {
      const read = await readAttemptFile(launcher, paths, kind);
      return read.state === 'read' ? read.value : null;
    },
  };
}

// A folder may name a launcher of another version, or none at all: it can be read, and nothing can be started.
function unknownLauncher(name: string): Launcher {
  return {
    ...localLauncher,
    name,
    async start() {
      requireLauncher(name);
    },
  };
}

/** Throws UserError R130. */
export function requireLauncher(name: string): Launcher {
  const launcher = findLauncher(name);
  if (launcher) return launcher;
  throw new UserError('R130', `this version of lorch has no launcher ${name}`, {
    hint: 'set resources.launcher: local',
  });
}
