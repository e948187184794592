import type { Plan } from '../run/plan.ts';
import type { RunRecord } from '../run/record.ts';
import { insertRun } from '../store/insert-run.ts';
import { runDirOf } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { writeRecord } from './run-folder.ts';

/** Puts a run on record as queued. Its folder holds plan.json and data/ already; run.json is written here. */
export async function registerRun(deps: SuperviseDeps, plan: Plan, record: RunRecord): Promise<void> {
  await writeRecord(runDirOf(deps, record.id), record);
  insertRun(deps.store, plan, record);
}
