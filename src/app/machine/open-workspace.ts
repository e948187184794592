// The workspace of a command: its runs on record, and what launching needs.
import { join } from 'node:path';
import type { WrittenChecks } from '../../config/check-file.ts';
import { findWorkspace, type Workspace } from '../../config/workspace.ts';
import { createRedactor } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { findInterpreter, findPython, locatePython } from '../../python/find-python.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { getRun, listRuns } from '../../store/runs.ts';
import { createControllerLog } from '../../supervise/controller-log.ts';
import type { LaunchDeps, SuperviseDeps } from '../../supervise/deps.ts';
import { rebuildIndex } from '../../supervise/rebuild-index.ts';
import { recoverRuns } from '../../supervise/recover-runs.ts';
import { type CacheVersion, readCacheVersion } from '../tokens/cache-version.ts';

export interface OpenWorkspace {
  root: string;
  runsDir: string;
  cacheDir: string;
  /** `price_per_hour:` of lorch.yaml. */
  pricePerHour: number | null;
  /** What lorch.yaml says of checks. */
  checks: WrittenChecks | null;
  store: Store;
  deps: SuperviseDeps;
  /** The trainer's environment, found once: `--python`, else `python:`, else the managed one. */
  python(explicit?: string): Promise<PythonEnv>;
  /** What that environment makes sequences by, found without starting Python if it is a virtual environment. */
  cacheVersion(explicit?: string): Promise<CacheVersion>;
  launchDeps(explicit?: string): Promise<LaunchDeps>;
}

export interface OpenOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Tells the user why nothing happens, or what could not be done. */
  notice?(text: string): void;
}

/** Opens the workspace that `cwd` lies in and brings its unfinished runs up to date. Throws UserError U100. */
export async function openWorkspace({ cwd, env, notice }: OpenOptions): Promise<OpenWorkspace> {
  const workspace = await requireWorkspace({ cwd, env });
  const { root, runsDir } = workspace;
  const store = openStore(join(runsDir, 'lorch.db'), { orSnapshot: true });
  if (store.unwritable)
    notice?.(`${store.unwritable.message}; lorch shows the last recorded state and writes nothing`);
  const deps: SuperviseDeps = {
    store,
    runsDir,
    env,
    now: () => Date.now(),
    log: createControllerLog(runsDir, createRedactor(env)),
    ...(notice && { notice }),
  };
  // The database is an index: if it is gone, the folders make it again.
  if (store.fresh) await rebuildIndex(deps);
  await recoverAndReport(deps);
  await tidy(deps);
  let found: Promise<PythonEnv> | undefined;
  const named = (explicit?: string) => ({
    env,
    ...(explicit ? { explicit: locatePython(explicit, cwd, env.HOME) } : {}),
    ...(workspace.python ? { workspacePython: workspace.python } : {}),
  });
  const python = (explicit?: string): Promise<PythonEnv> => {
    found ??= findPython(named(explicit));
    return found;
  };
  return {
    root,
    runsDir,
    cacheDir: userCacheDir(env),
    pricePerHour: workspace.pricePerHour,
    checks: workspace.checks,
    store,
    deps,
    python,
    cacheVersion: async (explicit) => await readCacheVersion({ ...findInterpreter(named(explicit)), env }),
    launchDeps: async (explicit) => ({ ...deps, python: await python(explicit) }),
  };
}

/** The workspace's folder and that of its run folders, without opening the database. Throws UserError U100. */
export async function findFolders(options: OpenOptions): Promise<{ root: string; runsDir: string }> {
  const { root, runsDir } = await requireWorkspace(options);
  return { root, runsDir };
}

async function requireWorkspace({ cwd, env }: OpenOptions): Promise<Workspace> {
  const workspace = await findWorkspace(cwd, env.HOME);
  if (workspace) return workspace;
  throw new UserError(
    'U100',
    `${cwd} is not in a workspace: neither it nor a folder above it has a lorch.yaml`,
    {
      hint: '`lorch init` makes one here',
    },
  );
}

/** Removes what killed commands left, and writes missing reports, as far as something can be written. A failure here stops no command. */
async function tidy(deps: SuperviseDeps): Promise<void> {
  const { sweepLeftovers, withoutReport } = await import('../runs/sweep-leftovers.ts');
  const { finishRemovals } = await import('../runs/remove-run.ts');
  try {
    if (deps.store.unwritable) return await finishRemovals(deps);
    await sweepLeftovers(deps);
    const missing = withoutReport(deps);
    if (missing.length === 0) return;
    const { reportRun } = await import('../runs/report-run.ts');
    for (const id of missing) await reportRun(deps, id);
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'leftovers could not be cleared away');
  }
}

/** A run whose controller is gone ends here, so its report is written here. */
async function recoverAndReport(deps: SuperviseDeps): Promise<void> {
  const open = listRuns(deps.store, { unfinished: true }).map(({ id }) => id);
  await recoverRuns(deps);
  const ended = open.filter((id) => getRun(deps.store, id)?.status.phase === 'finished');
  if (ended.length === 0) return;
  const { reportRun } = await import('../runs/report-run.ts');
  for (const id of ended) await reportRun(deps, id);
}
