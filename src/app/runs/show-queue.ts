// What waits and why, what runs where, and until when.

import { statusWord } from '../../run/status.ts';
import { listLeases } from '../../store/leases.ts';
import type { Store } from '../../store/open-store.ts';
import { numberParam } from '../../store/params.ts';
import { listWaiting, runsUnderWay, standing } from '../../store/queue.ts';
import { activeMs, getRun, type RunRow } from '../../store/runs.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { decideQueue } from '../../supervise/queue/decide.ts';
import { livingDispatcher } from '../../supervise/queue/hold-lock.ts';
import { hostStates } from '../../supervise/queue/host-states.ts';

export interface ShownQueue {
  running: QueuedRunning[];
  waiting: QueuedWaiting[];
  /** The process that starts what waits; null: none is at work. */
  dispatcher: { pid: number; since_ms: number } | null;
}

export interface QueuedRunning {
  run: string;
  status: string;
  host: string | null;
  /** UUIDs of GPUs, or places on the CPU; empty if a batch system gives them. */
  devices: string[];
  since_ms: number | null;
  step: number | null;
  max_steps: number | null;
  /** When it will end by its own speed, or by the forecast before the first step; null: not known. */
  until_ms: number | null;
}

export interface QueuedWaiting {
  run: string;
  /** From 1. */
  position: number;
  priority: number;
  held: boolean;
  queued_ms: number;
  host: string;
  gpus: number;
  /** Why it has not started, as the end of a sentence; `next`: nothing keeps it waiting. */
  kind: string;
  why: string;
  /** How long it will take by the forecast, ms; null: not known. */
  takes_ms: number | null;
}

/** The queue at this moment, as the dispatcher sees it. */
export async function showQueue(deps: SuperviseDeps, cpuSlots: number): Promise<ShownQueue> {
  const { store } = deps;
  const waiting = listWaiting(store);
  const leases = listLeases(store);
  const decisions = decideQueue({
    waiting,
    leases,
    hosts: await hostStates(deps, waiting, cpuSlots),
    standing: (run) => standing(store, run),
  });
  const dispatcher = await livingDispatcher(deps);
  const running = runsUnderWay(store).flatMap((run): QueuedRunning[] => {
    const row = getRun(store, run);
    const mine = leases.filter((lease) => lease.run === run);
    return row ? [runningOf(store, row, mine, deps.now())] : [];
  });
  running.sort((a, b) => (a.since_ms ?? 0) - (b.since_ms ?? 0));
  return {
    running,
    waiting: waiting.map((each, i) => {
      const decision = decisions[i];
      const wait = decision && 'wait' in decision ? decision.wait : { kind: 'next', why: 'it starts next' };
      return {
        run: each.run,
        position: i + 1,
        priority: each.priority,
        held: each.held !== null,
        queued_ms: each.queuedMs,
        host: each.host,
        gpus: each.gpus,
        ...wait,
        takes_ms: forecastMs(store, each.run),
      };
    }),
    dispatcher: dispatcher && { pid: dispatcher.pid, since_ms: dispatcher.sinceMs },
  };
}

function runningOf(
  store: Store,
  row: RunRow,
  leases: readonly { host: string; device: string; sinceMs: number }[],
  now: number,
): QueuedRunning {
  return {
    run: row.id,
    status: statusWord(row.status),
    host: leases[0]?.host ?? null,
    devices: leases.map(({ device }) => device),
    since_ms: row.openSinceMs ?? leases[0]?.sinceMs ?? null,
    step: row.step,
    max_steps: row.maxSteps,
    until_ms: untilMs(store, row, now),
  };
}

function untilMs(store: Store, row: RunRow, now: number): number | null {
  const { step, maxSteps } = row;
  const taken = activeMs(row, now);
  if (step && maxSteps) return Math.round(now + (taken / step) * Math.max(0, maxSteps - step));
  const whole = forecastMs(store, row.id);
  return whole === null ? null : Math.round(now + Math.max(0, whole - taken));
}

/** What the plan says of its time, ms. */
function forecastMs(store: Store, run: string): number | null {
  const seconds = numberParam(store, run, 'forecast.time.seconds');
  if (seconds === null) return null;
  return Math.round(1000 * (seconds + (numberParam(store, run, 'forecast.time.startup_seconds') ?? 0)));
}
