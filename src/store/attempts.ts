// The steps of an attempt's life. Each is one transaction that returns whether it made the change.
import type { Finding } from '../diagnostics/finding.ts';
import type { Failure } from '../run/failure.ts';
import type { RunOutcome } from '../run/status.ts';
import { recordFinding } from './findings.ts';
import type { Store } from './open-store.ts';

/** abandoned: a controller prevented it from starting. */
type AttemptState = 'launching' | 'running' | 'finished' | 'abandoned';

export interface AttemptRow {
  run: string;
  n: number;
  /** In the environment of every process of the attempt, to find them again. */
  token: string;
  host: string;
  scheduler: string;
  state: AttemptState;
  createdMs: number;
  startedMs: number | null;
  endedMs: number | null;
  exitCode: number | null;
  signal: string | null;
  /** How far events.jsonl has been read. */
  eventBytes: number;
  eventLines: number;
  /** Null if it started from the beginning, or has not reported yet. */
  resumedFromStep: number | null;
}

export interface NewAttempt {
  n: number;
  token: string;
  host: string;
  scheduler: string;
  createdMs: number;
}

export interface FinishedAttempt {
  outcome: RunOutcome;
  exitCode: number | null;
  signal: string | null;
  endedMs: number;
  failure: Failure | null;
  findings: readonly Finding[];
}

interface SqlAttempt {
  uid: string;
  n: number;
  token: string;
  host: string;
  scheduler: string;
  state: AttemptState;
  created_ms: number;
  started_ms: number | null;
  ended_ms: number | null;
  exit_code: number | null;
  signal: string | null;
  event_bytes: number;
  event_lines: number;
  resumed_from_step: number | null;
}

/** A run's attempts, first one first. */
export function listAttempts(store: Store, run: string): AttemptRow[] {
  const rows = store
    .statement(
      'SELECT attempt.*, run.uid FROM attempt JOIN run ON run.id = attempt.run_id WHERE run.uid = ? ORDER BY n',
    )
    .all(run) as SqlAttempt[];
  return rows.map((row) => ({
    run: row.uid,
    n: row.n,
    token: row.token,
    host: row.host,
    scheduler: row.scheduler,
    state: row.state,
    createdMs: row.created_ms,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    exitCode: row.exit_code,
    signal: row.signal,
    eventBytes: row.event_bytes,
    eventLines: row.event_lines,
    resumedFromStep: row.resumed_from_step,
  }));
}

/** The run of another attempt that has this token; null if there is none. */
export function runOfToken(store: Store, token: string, but: { run: string; n: number }): string | null {
  return (
    (store
      .statement(
        `SELECT run.uid FROM attempt JOIN run ON run.id = attempt.run_id
         WHERE token = ? AND NOT (run.uid = ? AND n = ?)`,
      )
      .pluck()
      .get(token, but.run, but.n) as string | undefined) ?? null
  );
}

/** The attempt that counts; null before the first. */
export function latestAttempt(store: Store, run: string): AttemptRow | null {
  return listAttempts(store, run).at(-1) ?? null;
}

/** Opens an attempt of a run that is queued or finished. False if the run is already under way or does not exist. */
export function beginAttempt(store: Store, run: string, attempt: NewAttempt): boolean {
  return store.write(() => {
    const { changes } = store
      .statement(
        `UPDATE run SET phase = 'launching', outcome = NULL, exit_code = NULL, signal = NULL, failure = NULL
         WHERE uid = ? AND phase IN ('queued', 'finished')`,
      )
      .run(run);
    if (changes === 0) return false;
    insertAttempt(store, run, attempt);
    return true;
  });
}

/**
 * Opens the next attempt instead of number `n`, which never started; `claimedMs` is when a controller claimed it.
 * False if another process did it, or if the attempt started after all.
 */
export function replaceAttempt(
  store: Store,
  run: string,
  n: number,
  claimedMs: number,
  next: NewAttempt,
): boolean {
  return store.write(() => {
    const latest = latestAttempt(store, run);
    if (latest?.n !== n) return false;
    if (latest.state !== 'abandoned' && !abandonAttempt(store, run, n, claimedMs)) return false;
    insertAttempt(store, run, next);
    // It has the devices of the one that it replaces.
    copyLeases(store, run, n, next.n);
    return true;
  });
}

function copyLeases(store: Store, run: string, from: number, to: number): void {
  store
    .statement(
      `INSERT INTO lease (attempt_id, device, shared, bytes)
       SELECT new.id, lease.device, lease.shared, lease.bytes
       FROM run JOIN attempt AS new ON new.run_id = run.id AND new.n = ?
         JOIN attempt AS old ON old.run_id = run.id AND old.n = ? JOIN lease ON lease.attempt_id = old.id
       WHERE run.uid = ?`,
    )
    .run(to, from, run);
}

/** Marks an attempt that never started. False if it started, or is already marked. */
export function abandonAttempt(store: Store, run: string, n: number, endedMs: number): boolean {
  return (
    store
      .statement(
        `UPDATE attempt SET state = 'abandoned', ended_ms = ?
         WHERE run_id = (SELECT id FROM run WHERE uid = ?) AND n = ? AND state = 'launching'`,
      )
      .run(endedMs, run, n).changes > 0
  );
}

export function insertAttempt(store: Store, run: string, attempt: NewAttempt): void {
  store
    .statement(
      `INSERT INTO attempt (run_id, n, token, host, scheduler, state, created_ms)
       VALUES ((SELECT id FROM run WHERE uid = ?), ?, ?, ?, ?, 'launching', ?)`,
    )
    .run(run, attempt.n, attempt.token, attempt.host, attempt.scheduler, attempt.createdMs);
}

/** The shim has the claim, so the trainer starts. */
export function markRunning(store: Store, run: string, n: number, startedMs: number): void {
  store.write(() => {
    const { changes } = store
      .statement(
        `UPDATE attempt SET state = 'running', started_ms = ?
         WHERE run_id = (SELECT id FROM run WHERE uid = ?) AND n = ? AND state = 'launching'`,
      )
      .run(startedMs, run, n);
    if (changes > 0)
      store.statement("UPDATE run SET phase = 'running' WHERE uid = ? AND phase = 'launching'").run(run);
  });
}

/** A stop was asked for. */
export function markStopping(store: Store, run: string): void {
  store.write(() =>
    store
      .statement("UPDATE run SET phase = 'stopping' WHERE uid = ? AND phase IN ('launching', 'running')")
      .run(run),
  );
}

/** Ends an attempt, and its run if it is the latest. False if it has already ended. */
export function finishAttempt(
  store: Store,
  run: string,
  n: number,
  end: FinishedAttempt,
  next?: NewAttempt,
): boolean {
  return store.write(() => {
    const { changes } = store
      .statement(
        `UPDATE attempt SET state = 'finished', ended_ms = ?, exit_code = ?, signal = ?
         WHERE run_id = (SELECT id FROM run WHERE uid = ?) AND n = ? AND state IN ('launching', 'running')`,
      )
      .run(end.endedMs, end.exitCode, end.signal, run, n);
    if (changes === 0) return false;
    const runId = store.statement('SELECT id FROM run WHERE uid = ?').pluck().get(run) as number;
    for (const finding of end.findings) recordFinding(store, runId, n, finding);
    store
      .statement(
        `UPDATE run SET phase = 'finished', outcome = ?, exit_code = ?, signal = ?, failure = ?
         WHERE id = ? AND ? = (SELECT max(n) FROM attempt WHERE run_id = run.id)`,
      )
      .run(end.outcome, end.exitCode, end.signal, end.failure ? JSON.stringify(end.failure) : null, runId, n);
    if (next && beginAttempt(store, run, next)) copyLeases(store, run, n, next.n);
    return true;
  });
}

/** Cancels a run that never had an attempt; it leaves the queue. False if it has one or is finished. */
export function cancelQueued(store: Store, run: string): boolean {
  return store.write(() => {
    const { changes } = store
      .statement(
        "UPDATE run SET phase = 'finished', outcome = 'cancelled' WHERE uid = ? AND phase = 'queued'",
      )
      .run(run);
    if (changes > 0) store.statement('DELETE FROM queue WHERE run = ?').run(run);
    return changes > 0;
  });
}
