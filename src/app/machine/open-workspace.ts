// A workspace while it is open: its runs on record, their followers, and what launching needs. A command opens it for
// seconds, the page for days.
import { join } from 'node:path';
import type { WrittenChecks } from '../../config/check-file.ts';
import { findWorkspace, type Workspace } from '../../config/workspace.ts';
import { createRedactor } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Host } from '../../hosts/host.ts';
import { localHost } from '../../hosts/local.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { findInterpreter, findPython, locatePython } from '../../python/find-python.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { createControllerLog } from '../../supervise/controller-log.ts';
import type { LaunchDeps, SuperviseDeps } from '../../supervise/deps.ts';
import { createFollowers, type Followers } from '../../supervise/followers.ts';
import { hostDir } from '../../supervise/place-run.ts';
import { rebuildIndex } from '../../supervise/rebuild-index.ts';
import type { Transfer } from '../../supervise/transfer.ts';
import { type CacheVersion, readCacheVersion } from '../tokens/cache-version.ts';
import { recoverWorkspace } from './recover-workspace.ts';
import { openHosts } from './workspace-hosts.ts';

export interface OpenWorkspace {
  root: string;
  runsDir: string;
  cacheDir: string;
  /** `price_per_hour:` of lorch.yaml. */
  pricePerHour: number | null;
  /** Hosts that lorch.yaml names. */
  hostNames: string[];
  /** What lorch.yaml says of checks. */
  checks: WrittenChecks | null;
  /** How many queued runs train on the CPU at once: `queue.cpu_slots` of lorch.yaml. */
  cpuSlots: number;
  store: Store;
  deps: SuperviseDeps;
  /** Who follows which run in this process. */
  followers: Followers;
  /**
   * Brings unfinished runs up to date, whatever became of their controllers, writes missing reports, and removes what
   * killed commands left. Calls while one is under way share it.
   */
  recover(): Promise<void>;
  /** Ends the followers and what follows by them, not the runs; then closes the database. */
  close(): Promise<void>;
  /** The trainer's environment, found once: `--python`, else `python:`, else the managed one. */
  python(explicit?: string): Promise<PythonEnv>;
  /** What that environment makes sequences by, found without starting Python if it is a virtual environment. */
  cacheVersion(explicit?: string): Promise<CacheVersion>;
  launchDeps(explicit?: string): LaunchDeps;
}

export interface OpenOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Tells the user why nothing happens, or what could not be done. */
  notice?(text: string): void;
  /** Told how files go to another host or come from it. */
  transfer?(transfer: Transfer): void;
}

/** Opens the workspace that `cwd` lies in. What is on record may be old until `recover()`. Throws UserError U100. */
export async function openWorkspace({ cwd, env, notice, transfer }: OpenOptions): Promise<OpenWorkspace> {
  const workspace = await requireWorkspace({ cwd, env });
  const { root, runsDir } = workspace;
  const store = openStore(join(runsDir, 'lorch.db'), { orMemoryCopy: true });
  if (store.unwritable)
    notice?.(`${store.unwritable.message}; lorch shows the last recorded state and writes nothing`);
  const hosts = openHosts(workspace.hosts, env);
  const deps: SuperviseDeps = {
    store,
    runsDir,
    env,
    now: () => Date.now(),
    log: createControllerLog(runsDir, createRedactor(env)),
    ...(notice && { notice }),
    ...(transfer && { transfer }),
    notifies: workspace.notify !== null,
    findHost: hosts.find,
  };
  // The database is an index: if it is gone, the folders make it again.
  try {
    if (store.fresh) await rebuildIndex(deps);
  } catch (error) {
    store.close();
    throw error;
  }
  const tellEnds = async (): Promise<void> => {
    const { sendNotifications } = await import('./send-notifications.ts');
    await sendNotifications(deps, workspace);
  };
  const followers = createFollowers(deps, async (run) => {
    const { reportRun } = await import('../runs/report-run.ts');
    const { fetchEnded } = await import('../runs/fetch-run.ts');
    await fetchEnded(deps, run);
    await reportRun(deps, run);
    await tellEnds();
  });
  let recovering: Promise<void> | null = null;
  const named = (explicit?: string) => ({
    env,
    ...(explicit ? { explicit: locatePython(explicit, cwd, env.HOME) } : {}),
    ...(workspace.python ? { workspacePython: workspace.python } : {}),
  });
  // What this machine's settings name is not there: another host has its own environments beside its run folders.
  const away = (host: Host) => ({ env, host, cacheDir: hostDir(host, deps) });
  const found = new Map<string, Promise<PythonEnv>>();
  const pythonOn = (host: Host, explicit?: string): Promise<PythonEnv> => {
    const key = `${host.name} ${explicit ?? ''}`;
    const known =
      found.get(key) ??
      findPython(host.runsDir(runsDir) === runsDir ? { ...named(explicit), host } : away(host));
    found.set(key, known);
    // `lorch setup` may make it while this workspace is open.
    known.catch(() => found.delete(key));
    return known;
  };
  return {
    root,
    runsDir,
    cacheDir: userCacheDir(env),
    pricePerHour: workspace.pricePerHour,
    checks: workspace.checks,
    cpuSlots: workspace.queue.cpuSlots,
    hostNames: workspace.hosts.map(({ name }) => name),
    store,
    deps,
    followers,
    recover() {
      recovering ??= recoverWorkspace(deps, followers.isFollowed)
        .then(tellEnds)
        .finally(() => {
          recovering = null;
        });
      return recovering;
    },
    async close() {
      await followers.close();
      await recovering?.catch(() => undefined);
      hosts.close();
      store.close();
    },
    python: (explicit) => pythonOn(localHost, explicit),
    cacheVersion: async (explicit) =>
      await readCacheVersion({ ...(await findInterpreter(named(explicit))), env }),
    launchDeps: (explicit) => ({ ...deps, pythonOn: (host) => pythonOn(host, explicit) }),
  };
}

/** The workspace's folder and that of its run folders, without opening the database. Throws UserError U100. */
export async function findFolders(options: OpenOptions): Promise<{ root: string; runsDir: string }> {
  const { root, runsDir } = await requireWorkspace(options);
  return { root, runsDir };
}

/** Throws UserError U100. */
export async function requireWorkspace({ cwd, env }: OpenOptions): Promise<Workspace> {
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
