import type { Finding } from '../diagnostics/finding.ts';
import { isNested } from '../run/flatten.ts';
import type { Plan } from '../run/plan.ts';
import type { RunRecord } from '../run/record.ts';
import { recordFinding } from './findings.ts';
import { insertRows } from './insert-rows.ts';
import type { Store } from './open-store.ts';

/**
 * Records a run as its folder describes it; its status is `queued`, or cancelled if run.json says so. `plan`
 * null: it cannot be read.
 */
export function insertRun(store: Store, plan: Plan | null, record: RunRecord): void {
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
        plan?.base_model.id ?? '',
        plan?.plan_hash ?? '',
        plan?.dataset.fingerprint ?? '',
        plan?.sweep?.id ?? null,
        plan?.sweep?.index ?? null,
        record.notes,
        record.unreviewed,
      );
    const runId = Number(lastInsertRowid);
    for (const tag of new Set(record.tags))
      store.statement('INSERT INTO tag (run_id, tag) VALUES (?, ?)').run(runId, tag);
    if (plan) insertParams(store, runId, plan);
    for (const finding of plan?.findings ?? []) recordFinding(store, runId, 0, finding);
  });
}

/** Every scalar of the plan under its dotted path, and lists of scalars as JSON. */
function insertParams(store: Store, runId: number, plan: Plan): void {
  const { findings: _f, created_ms: _c, plan_hash: _h, lorch: _l, ...rest } = plan;
  const rows: (string | number | null)[] = [];
  addParams(rows, runId, rest, '');
  insertRows(store, 'INSERT INTO param (run_id, key, value, number)', 4, rows);
}

function addParams(
  rows: (string | number | null)[],
  runId: number,
  settings: Readonly<Record<string, unknown>>,
  prefix: string,
): void {
  // Nearly the order in which they are kept, which is faster.
  for (const key of Object.keys(settings).sort()) {
    const value = settings[key];
    if (value === undefined) continue;
    if (isNested(value)) addParams(rows, runId, value, `${prefix}${key}.`);
    else if (!Array.isArray(value) || value.every((each) => typeof each !== 'object' || each === null))
      rows.push(runId, prefix + key, JSON.stringify(value), typeof value === 'number' ? value : null);
  }
}

/** Deletes a run with its attempts, series, events and findings. */
export function deleteRun(store: Store, run: string): void {
  store.write(() => void store.statement('DELETE FROM run WHERE uid = ?').run(run));
}

/** Records a finding of a run, once. */
export function recordRunFinding(store: Store, run: string, attempt: number, finding: Finding): void {
  store.write(() => {
    const id = store.statement('SELECT id FROM run WHERE uid = ?').pluck().get(run) as number | undefined;
    if (id !== undefined) recordFinding(store, id, attempt, finding);
  });
}
