// One dispatcher a workspace. Its lock is a row of the database that says which process holds it; whoever finds the
// process dead takes its place.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { localHost } from '../../hosts/local.ts';
import { identify, isAlive } from '../../hosts/processes.ts';
import { becomeDispatcher, type Dispatcher, getDispatcher } from '../../store/dispatcher-lock.ts';
import type { SuperviseDeps } from '../deps.ts';
import { waitForStore } from '../wait-for-store.ts';

/** How often a dispatcher says that it lives. */
export const beatMs = 20_000;
/** For one on another machine: its process cannot be looked at from here. */
const silentMs = 3 * beatMs;

/** The dispatcher that is at work; null: there is none. */
export async function livingDispatcher(deps: SuperviseDeps): Promise<Dispatcher | null> {
  const found = getDispatcher(deps.store);
  return found && (await lives(deps, found)) ? found : null;
}

/** Makes process `pid` the dispatcher and returns its token. Null: another is at work. */
export async function takeLock(deps: SuperviseDeps, pid: number): Promise<string | null> {
  const found = getDispatcher(deps.store);
  if (found && (await lives(deps, found))) return null;
  const self = await identify(localHost, pid);
  const now = deps.now();
  const next: Dispatcher = {
    token: randomUUID(),
    machine: hostname(),
    ...(self ?? { pid, start: null, boot_id: null }),
    sinceMs: now,
    beatMs: now,
  };
  const won = await waitForStore(deps, () => becomeDispatcher(deps.store, found?.token ?? null, next));
  return won ? next.token : null;
}

async function lives(deps: SuperviseDeps, dispatcher: Dispatcher): Promise<boolean> {
  if (dispatcher.machine !== hostname()) return Math.abs(deps.now() - dispatcher.beatMs) < silentMs;
  return await isAlive(localHost, dispatcher);
}
