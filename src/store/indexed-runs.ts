// Which runs are on record, by id alone.
import type { Store } from './open-store.ts';

/** The ids of all runs on record. */
export function indexedRuns(store: Store): string[] {
  return store.statement('SELECT uid FROM run').pluck().all() as string[];
}

/** Whether a run of this id is on record. */
export function hasRun(store: Store, run: string): boolean {
  return store.statement('SELECT 1 FROM run WHERE uid = ?').get(run) !== undefined;
}
