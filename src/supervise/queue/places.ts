// queue.json of run folders. The database says what waits; the files let it be made again.
import { rmSync } from 'node:fs';
import { localHost } from '../../hosts/local.ts';
import { runPaths } from '../../run/layout.ts';
import type { Plan } from '../../run/plan.ts';
import { checkQueueFile, type QueueFile } from '../../run/queue-file.ts';
import { readRunJson } from '../../run/run-file.ts';
import { listAttempts } from '../../store/attempts.ts';
import { getWaiting, insertWaiting, leaveQueue, listWaiting, type Waiting } from '../../store/queue.ts';
import { runPhase } from '../../store/runs.ts';
import { runDirOf } from '../attempt-context.ts';
import type { SuperviseDeps } from '../deps.ts';
import { forgetOwnQueued } from './own-queue.ts';
import { wantedOf } from './take-devices.ts';

/** Writes down where a run waits, as it is on record. A folder that cannot be written keeps no run from waiting. */
export async function keepPlace(deps: SuperviseDeps, run: string): Promise<void> {
  const waiting = getWaiting(deps.store, run);
  if (!waiting) return removePlace(deps, run);
  try {
    await localHost.put(fileOf(deps, run), `${JSON.stringify(fileFrom(waiting))}\n`);
    // It may have started meanwhile.
    if (!getWaiting(deps.store, run)) removePlace(deps, run);
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, 'its place in the queue cannot be written down');
  }
}

/** Writes what a killed process did not write. */
export async function keepPlaces(deps: SuperviseDeps): Promise<void> {
  for (const waiting of listWaiting(deps.store)) {
    const read = readPlace(deps, waiting.run);
    const same = read !== null && JSON.stringify(read) === JSON.stringify(fileFrom(waiting));
    if (!same) await keepPlace(deps, waiting.run);
  }
}

/** The run waits no longer: neither its folder nor the user's cache says that it does. */
export function forgetPlace(deps: SuperviseDeps, run: string): void {
  removePlace(deps, run);
  forgetOwnQueued(deps, run);
}

function removePlace(deps: SuperviseDeps, run: string): void {
  try {
    rmSync(fileOf(deps, run), { force: true });
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, 'its place in the queue cannot be removed');
  }
}

/** Puts a run in the queue if its folder says that it waits; its attempts are on record. */
export function restorePlace(deps: SuperviseDeps, run: string, plan: Plan | null): void {
  leaveQueue(deps.store, run);
  const place = plan && readPlace(deps, run);
  if (!place) return;
  const begun = listAttempts(deps.store, run).filter(({ state }) => state !== 'abandoned');
  if (begun.some(({ n }) => n > place.after_attempt)) return;
  // Cancelled before it had any attempt.
  if (begun.length === 0 && runPhase(deps.store, run) !== 'queued') return;
  insertWaiting(deps.store, {
    run,
    priority: place.priority,
    place: place.place,
    queuedMs: place.queued_ms,
    held: place.held,
    after: place.after,
    afterAttempt: place.after_attempt,
    host: plan.resources.host,
    ...wantedOf(plan),
  });
}

function readPlace(deps: SuperviseDeps, run: string): QueueFile | null {
  const read = readRunJson(fileOf(deps, run), checkQueueFile);
  return read.state === 'read' ? read.value : null;
}

function fileFrom(waiting: Waiting): QueueFile {
  return {
    lorch: 1,
    queued_ms: waiting.queuedMs,
    priority: waiting.priority,
    place: waiting.place,
    held: waiting.held,
    after: waiting.after,
    after_attempt: waiting.afterAttempt,
  };
}

function fileOf(deps: SuperviseDeps, run: string): string {
  return runPaths(runDirOf(deps, run)).queue;
}
