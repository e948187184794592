// One look at a run: take in what is new, and do what its state asks for. Every step may be taken by several
// controllers at once, and by any of them after another was killed in the middle of it.
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnreachable, unreachable } from '../hosts/unreachable.ts';
import { controllerExit, type ExitFile } from '../run/attempt-files.ts';
import { type AttemptRow, latestAttempt, markRunning, markStopping } from '../store/attempts.ts';
import { runPhase } from '../store/runs.ts';
import { hasTraces, isAttemptAlive, jobState } from './attempt-alive.ts';
import { type AttemptContext, homeView, openAttempt } from './attempt-context.ts';
import { closeOrphan, closeWithoutFolder } from './close-orphan.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { drainEvents } from './drain-events.ts';
import { readHeard } from './heard.ts';
import { type MirrorMemory, mirrorAttempt, newMirrorMemory } from './mirror-attempt.ts';
import { forgetOwnLaunch } from './own-launches.ts';
import { claimForController, lostLaunches, relaunch } from './relaunch.ts';
import { BusyElsewhere, prepareRetry } from './retry-attempt.ts';
import { settleAttempt } from './settle-attempt.ts';

/**
 * finished: no more to come · waiting: look again later · confirming: everybody seems gone, look again soon ·
 * changed: look again at once.
 */
export type Look = 'finished' | 'waiting' | 'confirming' | 'changed';

export interface Watch {
  look(): Promise<Look>;
}

/** What a watch remembers between two looks. None of it decides anything by itself. */
interface Memory {
  attempt: AttemptContext;
  /** The shim holds the claim. */
  claimed: boolean;
  askedAliveMs: number;
  goneSinceMs: number | null;
  /** What is copied from another host, and when that was done last. */
  mirror: MirrorMemory;
  mirroredMs: number;
}

export interface WatchOptions {
  /** Told each time more of the run's events are on record. */
  onRecorded?: (() => void) | undefined;
  /** A host that has not answered after this time counts as one that cannot be reached. */
  hearMs?: number;
}

/** Watches a run over all of its attempts. */
export function watchRun(deps: SuperviseDeps, run: string, options: WatchOptions = {}): Watch {
  let memory: Memory | null = null;
  let silent = false;
  return {
    async look() {
      try {
        const look = await lookNow();
        if (silent && look !== 'waiting') silent = false;
        return look;
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        if (!silent) tellSilence(deps, run, error, memory);
        silent = true;
        return 'waiting';
      }
    },
  };
  async function lookNow(): Promise<Look> {
    const phase = runPhase(deps.store, run);
    const latest = latestAttempt(deps.store, run);
    // Somebody may launch it.
    if (phase === 'queued') return 'waiting';
    if (!latest || !phase || phase === 'finished' || latest.state === 'finished') return 'finished';
    if (memory?.attempt.n !== latest.n) {
      const position = memory ? 0 : latest.eventBytes;
      const attempt = await openAttempt(deps, latest, position, memory?.attempt.events.plan);
      memory = {
        attempt,
        claimed: false,
        askedAliveMs: 0,
        goneSinceMs: null,
        mirror: newMirrorMemory(),
        mirroredMs: 0,
      };
    }
    const said = await listen(deps, memory, options);
    if (said === 'nothing') return 'waiting';
    if (said === 'ended') return 'changed';
    if (await isFolderGone(memory.attempt)) {
      if (memory.attempt.away) await settleAttempt(deps, memory.attempt, folderGone(deps, memory.attempt));
      else closeWithoutFolder(deps, run, latest.n);
      return 'changed';
    }
    if (!memory.claimed) {
      const waiting = await awaitClaim(deps, memory, latest);
      if (waiting) return waiting;
    }
    return await lookAtStarted(deps, memory, options.onRecorded);
  }
}

/**
 * Copies what is new of an attempt on another host. `ended`: it has ended, and so it is on record; its host need not be
 * asked any more. `nothing`: it is too early to ask again. Throws UserError R165.
 */
async function listen(
  deps: SuperviseDeps,
  memory: Memory,
  { onRecorded, hearMs }: WatchOptions,
): Promise<'news' | 'nothing' | 'ended'> {
  const { attempt } = memory;
  if (!attempt.away) return 'news';
  const home = homeView(attempt);
  let exit = await home.file('exit');
  if (!exit) {
    const now = deps.now();
    const early = now - memory.mirroredMs < timingOf(deps).mirrorEveryMs && now >= memory.mirroredMs;
    if (early && memory.goneSinceMs === null) return 'nothing';
    memory.mirroredMs = now;
    const copied = mirrorAttempt(attempt, memory.mirror, now);
    await (hearMs === undefined ? copied : within(hearMs, attempt.host.name, copied));
    exit = await home.file('exit');
  }
  if (!exit) return 'news';
  await drainEvents(deps, attempt.events, onRecorded);
  await settleOrRetry(deps, attempt, exit);
  return 'ended';
}

/** Whatever is not done by then goes on and disturbs nobody: it only copies. */
async function within(ms: number, host: string, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = sleep(ms, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  const first = await Promise.race([work.then(() => 'done' as const), late]).finally(() => over.abort());
  if (first === 'done') return;
  work.catch(() => undefined);
  throw unreachable(host, `no answer in ${Math.round(ms / 1000)} s`);
}

function tellSilence(deps: SuperviseDeps, run: string, error: Error, memory: Memory | null): void {
  const heardMs = memory && readHeard(memory.attempt.home.dir);
  const since = heardMs ? `; last heard of the run ${Math.round((deps.now() - heardMs) / 1000)} s ago` : '';
  deps.log.run(run).warn({ error: String(error) }, 'the host cannot be reached');
  deps.notice?.(`${error.message}${since}; the run goes on there, and lorch asks again`);
}

function folderGone(deps: SuperviseDeps, { host, runDir }: AttemptContext): ExitFile {
  return controllerExit({ t: deps.now(), lost: `the run folder ${runDir} on ${host.name} is gone` });
}

/** Whether the run's folder was removed. One that may not be looked at now is still there. */
async function isFolderGone({ host, runDir }: AttemptContext): Promise<boolean> {
  if ((await host.stat(runDir)) !== null) return false;
  const beside = await host.list(dirname(runDir));
  if (!beside) return (await host.stat(dirname(runDir))) === null;
  return !beside.some(({ name }) => name === basename(runDir));
}

/** Null once the attempt has started. */
async function awaitClaim(
  deps: SuperviseDeps,
  memory: Memory,
  { createdMs, state }: AttemptRow,
): Promise<Look | null> {
  const { attempt } = memory;
  const read = await attempt.read('claim');
  if (read.state === 'read' && read.value.by === 'shim') {
    memory.claimed = true;
    await recordStart(deps, attempt, read.value.t);
    return null;
  }
  const patience = timingOf(deps).watchdogMs * Math.max(1, lostLaunches(deps, attempt.run));
  if (read.state !== 'read') {
    // Who holds a claim that cannot be read is known by its traces: it runs, or it has ended.
    if (state === 'running' || (await hasTraces(attempt))) {
      await recordStart(deps, attempt, createdMs);
      return null;
    }
    // If the clock was set back, the launch is in the future; waiting for that moment could take days.
    if (Math.abs(deps.now() - createdMs) < patience) return 'waiting';
    // Its turn may come in hours, and then it needs a moment to start.
    const job = await jobState(attempt);
    if (job.state === 'pending') return 'waiting';
    if (job.state === 'running' && Math.abs(deps.now() - (job.sinceMs ?? createdMs)) < patience)
      return 'waiting';
    if (read.state === 'damaged') return null;
  }
  if (!(await claimForController(deps, attempt))) return 'waiting';
  // What it left there is copied first.
  memory.mirroredMs = 0;
  if (attempt.away && (await attempt.read('exit')).state === 'read') return 'changed';
  const exit = await attempt.read('exit');
  if (exit.state === 'read') await settleAttempt(deps, attempt, exit.value);
  else if (exit.state === 'damaged') await closeOrphan(deps, attempt);
  else await relaunch(deps, attempt);
  return 'changed';
}

async function recordStart(deps: SuperviseDeps, attempt: AttemptContext, startedMs: number): Promise<void> {
  // With retries, the next attempt starts what this one started.
  if (!attempt.events.plan?.retry) forgetOwnLaunch(deps, attempt.token);
  markRunning(deps.store, attempt.run, attempt.n, startedMs);
  if (await attempt.file('stop')) markStopping(deps.store, attempt.run);
}

async function lookAtStarted(
  deps: SuperviseDeps,
  memory: Memory,
  onRecorded: (() => void) | undefined,
): Promise<Look> {
  const { attempt } = memory;
  // The exit first, the events after it: then no event can follow those that are read.
  const exit = await homeView(attempt).file('exit');
  await drainEvents(deps, attempt.events, onRecorded);
  if (exit) {
    return (await settleOrRetry(deps, attempt, exit)) ? 'changed' : 'waiting';
  }
  const { aliveEveryMs, goneAfterMs } = timingOf(deps);
  const now = deps.now();
  if (memory.goneSinceMs === null && now - memory.askedAliveMs < aliveEveryMs) return 'waiting';
  memory.askedAliveMs = now;
  if (await isAttemptAlive(attempt)) {
    memory.goneSinceMs = null;
    return 'waiting';
  }
  memory.goneSinceMs ??= now;
  if (now - memory.goneSinceMs < goneAfterMs) return 'confirming';
  await closeOrphan(deps, attempt);
  return 'changed';
}

/** Ends the attempt, and begins the next one if the plan says so. False: another process is at it. */
async function settleOrRetry(deps: SuperviseDeps, attempt: AttemptContext, exit: ExitFile): Promise<boolean> {
  try {
    await settleAttempt(deps, attempt, exit, (failure) => prepareRetry(deps, attempt, failure));
    return true;
  } catch (error) {
    if (error instanceof BusyElsewhere) return false;
    throw error;
  }
}
