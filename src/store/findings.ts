// Findings of a run: those of its plan (attempt 0), and those of its attempts.
import type { Finding, Severity } from '../diagnostics/finding.ts';
import type { Store } from './open-store.ts';

export interface RunFinding extends Finding {
  /** 0 for findings of the plan. */
  attempt: number;
}

interface FindingRow {
  attempt: number;
  code: string;
  name: string;
  severity: Severity;
  message: string;
  hint: string | null;
  at: string | null;
  data: string | null;
}

/** Records a finding once per run, attempt, code and message: a warning repeated at each step is one finding. */
export function recordFinding(store: Store, runId: number, attempt: number, finding: Finding): void {
  store
    .statement(
      `INSERT OR IGNORE INTO finding (run_id, attempt, code, name, severity, message, hint, at, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      runId,
      attempt,
      finding.code,
      finding.name,
      finding.severity,
      finding.message,
      finding.hint ?? null,
      finding.at ? JSON.stringify(finding.at) : null,
      finding.data ? JSON.stringify(finding.data) : null,
    );
}

/** All findings of a run in the order they were found. */
export function runFindings(store: Store, run: string): RunFinding[] {
  const rows = store
    .statement(
      `SELECT attempt, code, finding.name AS name, severity, message, hint, at, data FROM finding
       JOIN run ON run.id = finding.run_id WHERE run.uid = ? ORDER BY attempt, finding.id`,
    )
    .all(run) as FindingRow[];
  return rows.map(({ at, data, hint, ...finding }) => ({
    ...finding,
    ...(hint === null ? {} : { hint }),
    ...(at === null ? {} : { at: JSON.parse(at) as Finding['at'] }),
    ...(data === null ? {} : { data: JSON.parse(data) as Record<string, unknown> }),
  }));
}

/** Counts one more line of events.jsonl that could not be read; the first of them is kept as the example. */
export function countUnreadable(
  store: Store,
  runId: number,
  attempt: number,
  line: number,
  reason: string,
): void {
  const counted = store
    .statement(
      `UPDATE finding SET data = json_set(data, '$.lines', json_extract(data, '$.lines') + 1)
       WHERE run_id = ? AND attempt = ? AND code = 'R100'`,
    )
    .run(runId, attempt).changes;
  if (counted > 0) return;
  recordFinding(store, runId, attempt, {
    code: 'R100',
    name: 'unreadable-event',
    severity: 'warning',
    message: 'events.jsonl has lines that cannot be read; they are not on record',
    at: { file: `attempt-${attempt}/events.jsonl`, line },
    data: { lines: 1, first_reason: reason.slice(0, 300) },
  });
}
