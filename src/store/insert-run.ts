import { flattenSettings } from '../run/flatten.ts';
import type { Plan } from '../run/plan.ts';
import type { RunRecord } from '../run/record.ts';
import { recordFinding } from './findings.ts';
import type { Store } from './open-store.ts';

/** Puts a run on record, as its folder describes it; its status is `queued`, or cancelled where run.json says so. */
export function insertRun(store: Store, plan: Plan, record: RunRecord): void {
  store.write(() => {
    const cancelled = record.cancelled_ms !== null;
    const { lastInsertRowid } = store
      .statement(
        `INSERT INTO run (uid, name, created_ms, phase, outcome, base_model, plan_hash, dataset_fingerprint,
           sweep_id, sweep_index, notes, unreviewed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        record.id,
        record.name,
        record.created_ms,
        cancelled ? 'finished' : 'queued',
        cancelled ? 'cancelled' : null,
        plan.base_model.id,
        plan.plan_hash,
        plan.dataset.fingerprint,
        plan.sweep?.id ?? null,
        plan.sweep?.index ?? null,
        record.notes,
        record.unreviewed,
      );
    const runId = Number(lastInsertRowid);
    for (const tag of new Set(record.tags))
      store.statement('INSERT INTO tag (run_id, tag) VALUES (?, ?)').run(runId, tag);
    insertParams(store, runId, plan);
    for (const finding of plan.findings) recordFinding(store, runId, 0, finding);
  });
}

/** Every scalar of the plan under its dotted path, and lists of scalars as JSON. */
function insertParams(store: Store, runId: number, plan: Plan): void {
  const { findings: _f, created_ms: _c, plan_hash: _h, lorch: _l, ...rest } = plan;
  const insert = store.statement('INSERT INTO param (run_id, key, value, number) VALUES (?, ?, ?, ?)');
  for (const [key, value] of Object.entries(flattenSettings(rest))) {
    if (value === undefined) continue;
    if (Array.isArray(value) && value.some((each) => typeof each === 'object' && each !== null)) continue;
    insert.run(runId, key, JSON.stringify(value), typeof value === 'number' ? value : null);
  }
}

/** Takes a run off the record, with its attempts, series, events and findings. */
export function deleteRun(store: Store, run: string): void {
  store.write(() => void store.statement('DELETE FROM run WHERE uid = ?').run(run));
}

/** Empties the index, before it is made again from the run folders. */
export function clearIndex(store: Store): void {
  store.write(() => {
    // Children first: without a parent's cascade SQLite drops whole tables' contents at once.
    for (const table of ['point', 'roll', 'event', 'finding', 'series', 'attempt', 'param', 'tag', 'run'])
      store.db.exec(`DELETE FROM ${table}`);
  });
}
