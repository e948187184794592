// The ids of the recorded runs.
import type { Store } from './open-store.ts';

/** The ids of all recorded runs. */
export function indexedRuns(store: Store): string[] {
  return store.statement('SELECT uid FROM run').pluck().all() as string[];
}

/** Whether a run with this id is recorded. */
export function hasRun(store: Store, run: string): boolean {
  return store.statement('SELECT 1 FROM run WHERE uid = ?').get(run) !== undefined;
}
