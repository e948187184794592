// The dispatcher: starts what waits as soon as there is room, and ends when nothing is left to do. It may be killed at any
// moment: what waits, runs and holds a device is on record, and an attempt starts once whoever starts it.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemFailure } from '../../diagnostics/system-failure.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { beatDispatcher, endDispatcher, getDispatcher } from '../../store/dispatcher-lock.ts';
import { listLeases, type NewLease } from '../../store/leases.ts';
import {
  getWaiting,
  listWaiting,
  queueSignature,
  runsUnderWay,
  setHeld,
  standing,
  storeVersion,
} from '../../store/queue.ts';
import { storeFailure } from '../../store/store-errors.ts';
import type { LaunchDeps, SuperviseDeps } from '../deps.ts';
import { startAttempt } from '../start-attempt.ts';
import { waitForStore } from '../wait-for-store.ts';
import { type Decision, decideQueue, type WaitKind } from './decide.ts';
import { createFolderBell, type FolderBell } from './folder-bell.ts';
import { beatMs, takeLock } from './hold-lock.ts';
import { hostStates } from './host-states.ts';
import { type OwnQueued, readOwnQueued } from './own-queue.ts';
import { keepPlace, keepPlaces } from './places.ts';
import { createRunWatches, type RunWatches } from './run-watches.ts';

export interface DispatchDeps extends SuperviseDeps {
  /** Of this process. */
  pid: number;
  /** What a run is launched with that was queued like this. */
  launchDeps(own: OwnQueued): LaunchDeps;
  /** How many runs train on the CPU of a host at once. */
  cpuSlots(): Promise<number>;
  /** Called for each run that has ended. */
  onEnded(run: string): Promise<void>;
}

/** How often it looks whether a run has ended: at first after something has changed, and later. */
const tickMs = 100;
const restTickMs = 1000;
/** How long after a change it looks often. */
const busyMs = 20_000;
/** How often runs under way are looked at that have not said anything. */
const lookMs = 10_000;
/** How often it asks again whether other people's programs still use the GPUs. */
const askAgainMs = 15_000;
/** How often it looks again in any case. */
const checkAgainMs = 60_000;
/** After an error of the disk or the database. */
const troubleMs = 2000;

/** busy: another dispatcher is at work · idle: nothing is left to do · replaced: another has taken over · stopped: by `signal`. */
export type Dispatched = 'busy' | 'idle' | 'replaced' | 'stopped';

/** Starts waiting runs until nothing is left to do, or until `signal`. */
export async function dispatch(deps: DispatchDeps, signal: AbortSignal): Promise<Dispatched> {
  const token = await takeLock(deps, deps.pid);
  if (token === null) return 'busy';
  deps.log.info({ pid: deps.pid }, 'the dispatcher has started');
  const bell = createFolderBell(deps.runsDir);
  const result = await work(deps, { token, bell, signal }).finally(() => bell.close());
  if (result === 'stopped') await waitForStore(deps, () => endDispatcher(deps.store, token, () => true));
  deps.log.info({ pid: deps.pid, result }, 'the dispatcher has ended');
  return result;
}

interface Work {
  token: string;
  bell: FolderBell;
  signal: AbortSignal;
}

async function work(deps: DispatchDeps, { token, bell, signal }: Work): Promise<Dispatched> {
  const watches = createRunWatches(deps);
  let beat = performance.now();
  let changedMs = performance.now();
  let last = null as Decided | null;
  await keepPlaces(deps);
  while (!signal.aborted) {
    try {
      if (performance.now() - beat > beatMs) {
        beatDispatcher(deps.store, token, deps.now());
        beat = performance.now();
      }
      if (getDispatcher(deps.store)?.token !== token) return 'replaced';
      const ended = await watches.look();
      for (const run of ended) await tellEnded(deps, run);
      const seen = queueSignature(deps.store);
      // Asking nvidia-smi costs more than all the rest.
      if (ended.length > 0 || seen !== last?.seen) changedMs = performance.now();
      if (ended.length > 0 || seen !== last?.seen || isDue(last))
        last = { seen, decisions: await decide(deps), atMs: performance.now() };
      const { decisions } = last;
      if (await startAll(deps, decisions)) {
        last = null;
        continue;
      }
      if (isStuck(decisions) && (await endIdle(deps, token, seen))) return 'idle';
      await waitForChange(deps, watches, { seen, decisions, changedMs, bell, signal });
    } catch (error) {
      if (!storeFailure(error) && !systemFailure(error)) throw error;
      deps.log.warn(
        { error: String(error) },
        'the dispatcher waits: the database or the disk cannot be used',
      );
      await sleep(troubleMs);
    }
  }
  return 'stopped';
}

interface Decided {
  /** What was decided upon. */
  seen: string;
  decisions: readonly Decision[];
  atMs: number;
}

/** Whether to decide again although nothing has changed: other people's programs, and lorch.yaml, tell nobody. */
function isDue({ decisions, atMs }: Decided): boolean {
  return performance.now() - atMs > (asksAgain(decisions) ? askAgainMs : checkAgainMs);
}

function asksAgain(decisions: readonly Decision[]): boolean {
  return decisions.some((each) => 'wait' in each && ['others', 'driver'].includes(each.wait.kind));
}

async function tellEnded(deps: DispatchDeps, run: string): Promise<void> {
  await deps.onEnded(run).catch((error: unknown) => {
    deps.log.run(run).error({ error: String(error) }, 'its end could not be reported');
  });
}

async function decide(deps: DispatchDeps): Promise<Decision[]> {
  const waiting = listWaiting(deps.store);
  if (waiting.length === 0) return [];
  return decideQueue({
    waiting,
    leases: listLeases(deps.store),
    hosts: await hostStates(deps, waiting, await deps.cpuSlots()),
    standing: (run) => standing(deps.store, run),
  });
}

/** Whether something was started or has changed, so that it is worth deciding again. */
async function startAll(deps: DispatchDeps, decisions: readonly Decision[]): Promise<boolean> {
  let changed = false;
  for (const decision of decisions)
    if ('start' in decision) changed = (await startOne(deps, decision)) || changed;
  return changed;
}

async function startOne(
  deps: DispatchDeps,
  { run, start }: { run: string; start: NewLease[] },
): Promise<boolean> {
  const own = readOwnQueued(deps, run);
  try {
    if (!own) throw notQueuedHere(run);
    await startAttempt(deps.launchDeps(own), run, { fromQueue: start });
    return true;
  } catch (error) {
    if (storeFailure(error) || systemFailure(error)) throw error;
    // Somebody else was faster: with the run, or with its devices.
    if (error instanceof UserError && ['R140', 'R144', 'U103'].includes(error.code)) return true;
    const why = error instanceof UserError ? `${error.code} ${error.message}` : String(error);
    deps.log.run(run).error({ error: why }, 'cannot be started; held');
    await waitForStore(deps, () => setHeld(deps.store, run, why));
    if (getWaiting(deps.store, run)) await keepPlace(deps, run);
    return true;
  }
}

function notQueuedHere(run: string): UserError {
  return new UserError('R146', `run ${run} was not queued by this user in this folder`, {
    hint: `lorch queue release ${run}`,
  });
}

const endless: readonly WaitKind[] = ['held', 'after', 'never', 'host', 'behind'];

/** Whether nothing that waits will start without a command, as long as no run is under way. */
function isStuck(decisions: readonly Decision[]): boolean {
  return decisions.every((each) => 'wait' in each && endless.includes(each.wait.kind));
}

async function endIdle(deps: DispatchDeps, token: string, seen: string): Promise<boolean> {
  const isIdle = () => runsUnderWay(deps.store).length === 0 && queueSignature(deps.store) === seen;
  if (!isIdle()) return false;
  return await waitForStore(deps, () => endDispatcher(deps.store, token, isIdle));
}

interface Change {
  /** What was decided upon. */
  seen: string;
  decisions: readonly Decision[];
  /** When the last change came. */
  changedMs: number;
  bell: FolderBell;
  signal: AbortSignal;
}

async function waitForChange(deps: DispatchDeps, watches: RunWatches, change: Change): Promise<void> {
  const { seen, decisions, changedMs, bell, signal } = change;
  const asks = asksAgain(decisions);
  const began = performance.now();
  const untilMs = watches.soon() ? tickMs : runsUnderWay(deps.store).length > 0 ? lookMs : askAgainMs;
  let version = -1;
  while (!signal.aborted) {
    await bell.pause(began - changedMs < busyMs ? tickMs : restTickMs);
    const passed = performance.now() - began;
    if (passed >= (asks ? Math.min(untilMs, askAgainMs) : untilMs)) return;
    if (await watches.hasEnded()) return;
    const now = storeVersion(deps.store);
    if (now !== version && queueSignature(deps.store) !== seen) return;
    version = now;
  }
}
