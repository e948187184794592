// The dispatcher of a workspace as a process, and what starts that process when something waits.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findWorkspace, workspaceFile } from '../../config/workspace.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { localHost } from '../../hosts/local.ts';
import { startDetached } from '../../hosts/start-detached.ts';
import { listWaiting, runsUnderWay, standing } from '../../store/queue.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { relaunchEnvironment } from '../../supervise/job-environment.ts';
import { mayStart } from '../../supervise/queue/decide.ts';
import { type Dispatched, dispatch } from '../../supervise/queue/dispatch.ts';
import { livingDispatcher } from '../../supervise/queue/hold-lock.ts';
import type { OpenWorkspace } from './open-workspace.ts';

export interface DispatcherProcess {
  pid: number;
  signal: AbortSignal;
  /** A program that writes reports of runs that have ended and tells who is to be told, in the current folder. */
  tidyUp: readonly string[];
}

/** Starts what waits in the workspace until nothing is left to do, or until `signal`. */
export async function runDispatcher(
  workspace: OpenWorkspace,
  { pid, signal, tidyUp }: DispatcherProcess,
): Promise<Dispatched> {
  const { deps } = workspace;
  const reports = createReports(workspace, tidyUp);
  const result = await dispatch(
    {
      ...deps,
      pid,
      launchDeps: (own) => ({
        ...workspace.launchDeps(own.python ?? undefined),
        env: relaunchEnvironment(own.env, deps.env),
      }),
      cpuSlots: slotsOf(workspace.root, workspace.cpuSlots, deps),
      onEnded: reports.ask,
    },
    signal,
  );
  await reports.done();
  return result;
}

/** Reports and notifications of runs that have ended, made by a process of its own: what they need is large. */
function createReports({ deps }: OpenWorkspace, tidyUp: readonly string[]) {
  let asked = false;
  let working: Promise<void> | null = null;
  const work = async (): Promise<void> => {
    while (asked) {
      asked = false;
      const { code, error } = await localHost.run(tidyUp);
      if (code !== 0)
        deps.log.warn({ code, error }, 'reports could not be written; the next command does it');
    }
  };
  return {
    async ask() {
      asked = true;
      working ??= work().finally(() => {
        working = null;
      });
    },
    done: async () => await working,
  };
}

/** As lorch.yaml says now; while it is wrong, as it said last. */
function slotsOf(root: string, atFirst: number, { env }: SuperviseDeps): () => Promise<number> {
  let known = { slots: atFirst, ms: 0 };
  return async () => {
    const found = await stat(join(root, workspaceFile)).catch(() => null);
    if (!found || found.mtimeMs === known.ms) return known.slots;
    const workspace = await findWorkspace(root, env.HOME).catch(() => null);
    known = { slots: workspace?.queue.cpuSlots ?? known.slots, ms: found.mtimeMs };
    return known.slots;
  };
}

/** False: nothing waits that could start, or a dispatcher is at work already. Throws UserError R145. */
export async function ensureDispatcher(
  { deps, root }: Pick<OpenWorkspace, 'deps' | 'root'>,
  /** How this program is started, and the words that make it the dispatcher. */
  argv: readonly string[],
): Promise<boolean> {
  const { store } = deps;
  if (store.unwritable) return false;
  const waiting = listWaiting(store);
  if (waiting.length === 0) return false;
  const queue = { waiting, standing: (run: string) => standing(store, run) };
  if (!mayStart(queue, runsUnderWay(store).length > 0)) return false;
  if (await livingDispatcher(deps)) return false;
  try {
    await startDetached(argv, { cwd: root, env: deps.env });
    return true;
  } catch (error) {
    throw new UserError('R145', `the dispatcher cannot be started: ${String(error)}`, {
      hint: '`lorch queue` tries again',
      exitCode: 3,
      cause: error,
    });
  }
}
