// One look at a run: take in what is new, and do what its state asks for. Every step may be taken by several
// controllers at once, and by any of them after another was killed in the middle of it.
import { existsSync } from 'node:fs';
import type { ExitFile, ProcessIdentity } from '../run/attempt-files.ts';
import type { RunEvent } from '../run/events.ts';
import { classifyFailure } from '../run/failure.ts';
import { finishAttempt, latestAttempt, markRunning, markStopping } from '../store/attempts.ts';
import { lastEvent } from '../store/events.ts';
import { runPhase } from '../store/runs.ts';
import { type AttemptContext, openAttempt, runDirOf } from './attempt-context.ts';
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

export type OnEvent = (event: RunEvent, attempt: number) => void;

/** What a watch remembers between two looks. None of it decides anything by itself. */
interface Memory {
  attempt: AttemptContext;
  shim: ProcessIdentity | null;
  askedAliveMs: number;
  goneSinceMs: number | null;
}

/** Watches a run over all of its attempts; `onEvent` gets each event from where the record stood at the first look. */
export function watchRun(deps: SuperviseDeps, run: string, onEvent?: OnEvent): Watch {
  let memory: Memory | null = null;
  return {
    async look() {
      const phase = runPhase(deps.store, run);
      const latest = latestAttempt(deps.store, run);
      const ended =
        !latest || !phase || phase === 'queued' || phase === 'finished' || latest.state === 'finished';
      // Another controller may have recorded the end of the attempt that we are in the middle of telling about.
      if (memory && (ended || memory.attempt.n !== latest.n)) await drain(deps, memory.attempt, onEvent);
      if (ended) return 'finished';
      if (!existsSync(runDirOf(deps, run))) return folderGone(deps, run, latest.n);
      if (memory?.attempt.n !== latest.n) {
        const position = memory ? 0 : latest.eventBytes;
        const attempt = await openAttempt(deps, latest, position, memory?.attempt.events.plan);
        memory = { attempt, shim: null, askedAliveMs: 0, goneSinceMs: null };
      }
      if (!memory.shim) {
        const waiting = await awaitClaim(deps, memory, latest.createdMs);
        if (waiting) return waiting;
      }
      return await lookAtStarted(deps, memory, onEvent);
    },
  };
}

function drain(
  deps: SuperviseDeps,
  { events, n }: AttemptContext,
  onEvent: OnEvent | undefined,
): Promise<void> {
  return drainEvents(deps, events, onEvent && ((event) => onEvent(event, n)));
}

/** Null once the shim holds the claim. */
async function awaitClaim(deps: SuperviseDeps, memory: Memory, createdMs: number): Promise<Look | null> {
  const { attempt } = memory;
  const claim = await attempt.file('claim');
  if (claim?.by === 'shim') {
    memory.shim = claim;
    forgetOwnLaunch(deps, attempt.token);
    markRunning(deps.store, attempt.run, attempt.n, claim.t);
    if (await attempt.file('stop')) markStopping(deps.store, attempt.run);
    return null;
  }
  const patience = timingOf(deps).watchdogMs * Math.max(1, lostLaunches(deps, attempt.run));
  // A time in the future is no reason to wait for it.
  if (!claim && Math.abs(deps.now() - createdMs) < patience) return 'waiting';
  if (!(await claimForController(deps, attempt))) return 'waiting';
  const exit = await attempt.file('exit');
  if (exit) await settleAttempt(deps, attempt, exit);
  else await relaunch(deps, attempt);
  return 'changed';
}

async function lookAtStarted(
  deps: SuperviseDeps,
  memory: Memory,
  onEvent: OnEvent | undefined,
): Promise<Look> {
  const { attempt } = memory;
  // The exit first, the events after it: then no event can follow those that are read.
  const exit = await attempt.file('exit');
  await drain(deps, attempt, onEvent);
  if (exit) {
    await settleAttempt(deps, attempt, exit);
    return 'changed';
  }
  const { aliveEveryMs, goneAfterMs } = timingOf(deps);
  const now = deps.now();
  if (memory.goneSinceMs === null && now - memory.askedAliveMs < aliveEveryMs) return 'waiting';
  memory.askedAliveMs = now;
  if (await isAlive(memory)) {
    memory.goneSinceMs = null;
    return 'waiting';
  }
  memory.goneSinceMs ??= now;
  if (now - memory.goneSinceMs < goneAfterMs) return 'confirming';
  await closeOrphan(deps, attempt);
  return 'changed';
}

/** Shim, trainer, or a process that will be the trainer in a moment. */
async function isAlive({ attempt, shim }: Memory): Promise<boolean> {
  if (shim && (await attempt.launcher.isAlive(shim))) return true;
  const trainer = await attempt.file('trainer');
  if (trainer) return attempt.launcher.isAlive(trainer);
  return (await attempt.launcher.findByToken(attempt.token)).some((each) => each.leader);
}

/** Shim and trainer are gone without an exit.json: the controller writes it, from what the trainer said last. */
async function closeOrphan(deps: SuperviseDeps, attempt: AttemptContext): Promise<void> {
  for (const left of await attempt.launcher.findByToken(attempt.token))
    await attempt.launcher.signal(left, 'SIGKILL', 'process');
  const end = lastEvent(deps.store, attempt.run, attempt.n, 'end');
  const exit: ExitFile = {
    by: 'controller',
    code: end?.code ?? null,
    signal: null,
    error: null,
    asked: null,
    t: end?.t ?? (await lastSignOfLife(attempt)) ?? deps.now(),
    ...(end ? {} : { lost: 'supervisor and trainer are gone, and neither left a result' }),
  };
  await attempt.launcher.createOnce(attempt.paths.exit, JSON.stringify(exit));
}

/** It may have died days ago; what it wrote last, and the supervisor's heartbeat, say when. */
async function lastSignOfLife({ launcher, paths }: AttemptContext): Promise<number | null> {
  const facts = await Promise.all([paths.claim, paths.events, paths.log].map((file) => launcher.stat(file)));
  const times = facts.flatMap((each) => each?.modifiedMs ?? []);
  return times.length > 0 ? Math.max(...times) : null;
}

function folderGone(deps: SuperviseDeps, run: string, n: number): Look {
  const t = deps.now();
  const lost = 'the run folder is gone';
  const exit: ExitFile = { by: 'controller', code: null, signal: null, error: null, asked: null, lost, t };
  const failure = classifyFailure({
    run,
    attempt: n,
    exit,
    end: null,
    stopRequested: false,
    error: null,
    nonfiniteLoss: false,
    logTail: '',
  });
  finishAttempt(deps.store, run, n, {
    outcome: 'lost',
    exitCode: null,
    signal: null,
    endedMs: t,
    failure,
    findings: [],
  });
  return 'changed';
}
