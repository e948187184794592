// One look at a run: take in what is new, and do what its state asks for. Every step may be taken by several
// controllers at once, and by any of them after another was killed in the middle of it.
import { basename, dirname } from 'node:path';
import { type AttemptRow, latestAttempt, markRunning, markStopping } from '../store/attempts.ts';
import { runPhase } from '../store/runs.ts';
import { hasTraces, isAttemptAlive, jobState } from './attempt-alive.ts';
import { type AttemptContext, openAttempt } from './attempt-context.ts';
import { closeOrphan, closeWithoutFolder } from './close-orphan.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { drainEvents } from './drain-events.ts';
import { forgetOwnLaunch } from './own-launches.ts';
import { claimForController, lostLaunches, relaunch } from './relaunch.ts';
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
}

/** Watches a run over all of its attempts; `onRecorded` is told each time more of its events are on record. */
export function watchRun(deps: SuperviseDeps, run: string, onRecorded?: () => void): Watch {
  let memory: Memory | null = null;
  return {
    async look() {
      const phase = runPhase(deps.store, run);
      const latest = latestAttempt(deps.store, run);
      // Somebody may launch it.
      if (phase === 'queued') return 'waiting';
      if (!latest || !phase || phase === 'finished' || latest.state === 'finished') return 'finished';
      if (memory?.attempt.n !== latest.n) {
        const position = memory ? 0 : latest.eventBytes;
        const attempt = await openAttempt(deps, latest, position, memory?.attempt.events.plan);
        memory = { attempt, claimed: false, askedAliveMs: 0, goneSinceMs: null };
      }
      if (await isFolderGone(memory.attempt)) {
        closeWithoutFolder(deps, run, latest.n);
        return 'changed';
      }
      if (!memory.claimed) {
        const waiting = await awaitClaim(deps, memory, latest);
        if (waiting) return waiting;
      }
      return await lookAtStarted(deps, memory, onRecorded);
    },
  };
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
  const exit = await attempt.read('exit');
  if (exit.state === 'read') await settleAttempt(deps, attempt, exit.value);
  else if (exit.state === 'damaged') await closeOrphan(deps, attempt);
  else await relaunch(deps, attempt);
  return 'changed';
}

async function recordStart(deps: SuperviseDeps, attempt: AttemptContext, startedMs: number): Promise<void> {
  forgetOwnLaunch(deps, attempt.token);
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
  const exit = await attempt.file('exit');
  await drainEvents(deps, attempt.events, onRecorded);
  if (exit) {
    await settleAttempt(deps, attempt, exit);
    return 'changed';
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
