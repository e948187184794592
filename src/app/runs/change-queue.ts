// Places in the queue changed: moved, held, released.
import { UserError } from '../../diagnostics/user-error.ts';
import { requireWritable } from '../../store/open-store.ts';
import { getWaiting, type Move, moveWaiting, setHeld } from '../../store/queue.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { resolveSweep } from '../../store/resolve-sweep.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { readOwnQueued, recordOwnQueued } from '../../supervise/queue/own-queue.ts';
import { keepPlace } from '../../supervise/queue/places.ts';
import { waitForStore } from '../../supervise/wait-for-store.ts';

export type QueueChange = { kind: 'move'; to: Move } | { kind: 'hold'; why: string } | { kind: 'release' };

/** Changes the places of a run, or of the waiting runs of a sweep; returns their ids. Throws UserError U101, U102, R142. */
export async function changeQueue(deps: SuperviseDeps, ref: string, change: QueueChange): Promise<string[]> {
  requireWritable(deps.store);
  const named = resolveSweep(deps.store, ref) ?? [resolveRun(deps.store, ref)];
  const runs = named.filter((run) => getWaiting(deps.store, run));
  if (runs.length === 0) throw notWaiting(ref);
  // The first of a sweep stays its first.
  const first = change.kind === 'move' && change.to === 'first';
  const changed: string[] = [];
  for (const run of first ? runs.toReversed() : runs)
    if (await waitForStore(deps, () => deps.store.write(() => apply(deps, run, change)))) changed.push(run);
  for (const run of changed) {
    if (change.kind === 'release' && !readOwnQueued(deps, run)) recordOwnQueued(deps, run, null);
    await keepPlace(deps, run);
  }
  // They started in this moment.
  if (changed.length === 0) throw notWaiting(ref);
  return first ? changed.toReversed() : changed;
}

function apply(deps: SuperviseDeps, run: string, change: QueueChange): boolean {
  if (change.kind === 'move') return moveWaiting(deps.store, run, change.to);
  return setHeld(deps.store, run, change.kind === 'hold' ? change.why : null);
}

function notWaiting(ref: string): UserError {
  return new UserError('R142', `${ref} is not in the queue`, { hint: '`lorch queue` lists what waits' });
}
