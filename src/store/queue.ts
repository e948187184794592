// The runs that wait for a device, in the order in which they start.
import type { After } from '../run/queue-file.ts';
import type { RunPhase } from '../run/status.ts';
import type { Store } from './open-store.ts';

export interface Waiting {
  run: string;
  priority: number;
  place: number;
  queuedMs: number;
  /** Why it is held; null: it is not held. */
  held: string | null;
  after: After[];
  /** The number of its last attempt when it was queued. */
  afterAttempt: number;
  host: string;
  gpus: number;
  /** Whether it may train on a GPU beside others that may, too. */
  shareGpu: boolean;
  /** What the forecast says that it needs on a GPU; null if that is not known. */
  bytes: number | null;
}

interface SqlWaiting {
  run: string;
  priority: number;
  place: number;
  queued_ms: number;
  held: number;
  held_why: string | null;
  after: string;
  after_attempt: number;
  host: string;
  gpus: number;
  share_gpu: number;
  bytes: number | null;
}

/** Everything that waits, the first to start first. */
export function listWaiting(store: Store): Waiting[] {
  const rows = store
    .statement('SELECT * FROM queue ORDER BY priority DESC, place, run')
    .all() as SqlWaiting[];
  return rows.map(waitingOf);
}

/** A run's place in the queue; null if it does not wait. */
export function getWaiting(store: Store, run: string): Waiting | null {
  const row = store.statement('SELECT * FROM queue WHERE run = ?').get(run) as SqlWaiting | undefined;
  return row ? waitingOf(row) : null;
}

/** Whether any run waits. */
export function hasWaiting(store: Store): boolean {
  return store.statement('SELECT 1 FROM queue LIMIT 1').get() !== undefined;
}

/** Lets runs wait, all or none, each behind what waits already. A run that waits keeps its place. */
export function enterQueue(store: Store, entries: readonly Omit<Waiting, 'place'>[]): void {
  store.write(() => {
    let place = edgePlace(store, 'last');
    for (const entry of entries) if (insertWaiting(store, { ...entry, place })) place += 1;
  });
}

/** Puts a run on record as waiting. False: it waits already. */
export function insertWaiting(store: Store, entry: Waiting): boolean {
  return (
    store
      .statement(
        `INSERT OR IGNORE INTO queue (run, priority, place, queued_ms, held, held_why, after, after_attempt,
           host, gpus, share_gpu, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        entry.run,
        entry.priority,
        entry.place,
        entry.queuedMs,
        entry.held === null ? 0 : 1,
        entry.held,
        JSON.stringify(entry.after),
        entry.afterAttempt,
        entry.host,
        entry.gpus,
        entry.shareGpu ? 1 : 0,
        entry.bytes,
      ).changes > 0
  );
}

/** The run waits no longer. False: it did not wait. */
export function leaveQueue(store: Store, run: string): boolean {
  return store.statement('DELETE FROM queue WHERE run = ?').run(run).changes > 0;
}

/** Holds a run with a reason, or (null) releases it. False: it does not wait. */
export function setHeld(store: Store, run: string, why: string | null): boolean {
  return (
    store
      .statement('UPDATE queue SET held = ?, held_why = ? WHERE run = ?')
      .run(why === null ? 0 : 1, why, run).changes > 0
  );
}

/** `first`: before everything that waits, `last`: behind it, or the priority to have. */
export type Move = 'first' | 'last' | { priority: number };

/** Moves a run in the queue. False: it does not wait. */
export function moveWaiting(store: Store, run: string, to: Move): boolean {
  return store.write(() => {
    const set = (priority: number, place: number) =>
      store.statement('UPDATE queue SET priority = ?, place = ? WHERE run = ?').run(priority, place, run)
        .changes > 0;
    if (typeof to === 'object') return set(to.priority, edgePlace(store, 'last'));
    const [edge] = [to === 'first' ? 'max' : 'min'];
    const priority = store.statement(`SELECT ${edge}(priority) FROM queue`).pluck().get() as number | null;
    return set(priority ?? 0, edgePlace(store, to));
  });
}

/** A place before or behind all others. */
function edgePlace(store: Store, edge: 'first' | 'last'): number {
  const sql =
    edge === 'first'
      ? 'SELECT coalesce(min(place), 1) - 1 FROM queue'
      : 'SELECT coalesce(max(place), 0) + 1 FROM queue';
  return store.statement(sql).pluck().get() as number;
}

/** What changes when something happens that concerns the queue: entries, and runs that start or end. */
export function queueSignature(store: Store): string {
  return store
    .statement(
      `SELECT (SELECT json_group_array(json_array(run, priority, place, held)) FROM queue)
         || (SELECT json_group_array(json_array(uid, phase)) FROM run WHERE phase <> 'finished')`,
    )
    .pluck()
    .get() as string;
}

/** How the run stands that another waits for; null: it was removed. */
export function standing(store: Store, run: string): { phase: RunPhase; succeeded: boolean } | null {
  const row = store.statement('SELECT phase, outcome FROM run WHERE uid = ?').get(run) as
    | { phase: RunPhase; outcome: string | null }
    | undefined;
  return row ? { phase: row.phase, succeeded: row.outcome === 'succeeded' } : null;
}

function waitingOf(row: SqlWaiting): Waiting {
  return {
    run: row.run,
    priority: row.priority,
    place: row.place,
    queuedMs: row.queued_ms,
    held: row.held ? (row.held_why ?? '') : null,
    after: JSON.parse(row.after) as After[],
    afterAttempt: row.after_attempt,
    host: row.host,
    gpus: row.gpus,
    shareGpu: row.share_gpu === 1,
    bytes: row.bytes,
  };
}

/** Changes when another process has written to the database. Cheap: no table is read. */
export function storeVersion(store: Store): number {
  return store.db.pragma('data_version', { simple: true }) as number;
}

/** Runs that have an attempt which has not ended. */
export function runsUnderWay(store: Store): string[] {
  return store
    .statement("SELECT uid FROM run WHERE phase IN ('launching', 'running', 'stopping')")
    .pluck()
    .all() as string[];
}
