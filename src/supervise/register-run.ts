import { renameSync, rmSync } from 'node:fs';
import type { Plan } from '../run/plan.ts';
import type { RunRecord } from '../run/record.ts';
import { insertRun } from '../store/insert-run.ts';
import { runDirOf } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { writeRecord } from './run-folder.ts';
import { waitForStore } from './wait-for-store.ts';

/**
 * Puts a run on record as queued. Its folder holds plan.json and data/ already; run.json is written here. A folder `made`
 * under another name gets its own in the same transaction: both happen, or neither.
 */
export async function registerRun(
  deps: SuperviseDeps,
  plan: Plan,
  record: RunRecord,
  made?: string,
): Promise<void> {
  const dir = runDirOf(deps, record.id);
  await writeRecord(made ?? dir, record);
  let moved = false;
  try {
    await waitForStore(deps, () =>
      deps.store.write(() => {
        insertRun(deps.store, plan, record);
        // A commit that finds the database locked is tried again; the folder has its name by then.
        if (made && !moved) renameSync(made, dir);
        moved = made !== undefined;
      }),
    );
  } catch (error) {
    if (moved) rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}
