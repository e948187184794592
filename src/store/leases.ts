// Which attempt holds which device. A lease counts as long as its attempt has not ended: nothing has to give it back.
import { beginAttempt, type NewAttempt } from './attempts.ts';
import type { Store } from './open-store.ts';
import { getWaiting, leaveQueue } from './queue.ts';

/** A device that an attempt takes. */
export interface NewLease {
  /** UUID of a GPU, or `cpu-N`. */
  device: string;
  /** Others that share may have it, too. */
  shared: boolean;
  /** What is needed of its memory; null: all. */
  bytes: number | null;
  /** What sharers may need together, bytes. */
  room?: number;
}

/** A lease that counts. */
export interface Lease {
  run: string;
  attempt: number;
  token: string;
  host: string;
  device: string;
  shared: boolean;
  bytes: number | null;
  /** When the attempt was launched. */
  sinceMs: number;
}

interface SqlLease {
  uid: string;
  n: number;
  token: string;
  host: string;
  device: string;
  shared: number;
  bytes: number | null;
  created_ms: number;
}

/** All leases that count. */
export function listLeases(store: Store): Lease[] {
  const rows = store
    .statement(
      `SELECT run.uid, attempt.n, attempt.token, attempt.host, attempt.created_ms, lease.device, lease.shared, lease.bytes
       FROM run JOIN attempt ON attempt.run_id = run.id JOIN lease ON lease.attempt_id = attempt.id
       WHERE run.phase <> 'finished' AND attempt.state IN ('launching', 'running')
       ORDER BY attempt.created_ms, lease.device`,
    )
    .all() as SqlLease[];
  return rows.map((row) => ({
    run: row.uid,
    attempt: row.n,
    token: row.token,
    host: row.host,
    device: row.device,
    shared: row.shared === 1,
    bytes: row.bytes,
    sinceMs: row.created_ms,
  }));
}

/** under_way: the run has an attempt · left: it does not wait, or is held · taken: somebody else has a device. */
export type Begun = 'begun' | 'under_way' | 'left' | 'taken';

/**
 * Opens an attempt and takes its devices, both or neither; the run leaves the queue. `fromQueue`: only if the run waits
 * and is not held.
 */
export function beginWithLeases(
  store: Store,
  run: string,
  attempt: NewAttempt,
  { leases, fromQueue }: { leases: readonly NewLease[]; fromQueue: boolean },
): Begun {
  return store.write(() => {
    const waiting = getWaiting(store, run);
    if (fromQueue && (!waiting || waiting.held !== null)) return 'left';
    const others = listLeases(store).filter(({ host }) => host === attempt.host);
    if (!leases.every((lease) => isFree(lease, others))) return 'taken';
    if (!beginAttempt(store, run, attempt)) return 'under_way';
    insertLeases(store, run, attempt.n, leases);
    leaveQueue(store, run);
    return 'begun';
  });
}

/** Whether a device can be had beside the leases that count on its host. */
export function isFree(
  wanted: NewLease,
  others: readonly Pick<Lease, 'device' | 'shared' | 'bytes'>[],
): boolean {
  const beside = others.filter(({ device }) => device === wanted.device);
  if (beside.length === 0) return true;
  if (!wanted.shared || !beside.every(({ shared }) => shared)) return false;
  return [...beside, wanted].reduce((sum, { bytes }) => sum + (bytes ?? Infinity), 0) <= (wanted.room ?? 0);
}

/** Puts the devices of an attempt on record. */
export function insertLeases(store: Store, run: string, n: number, leases: readonly NewLease[]): void {
  for (const { device, shared, bytes } of leases)
    store
      .statement(
        `INSERT OR IGNORE INTO lease (attempt_id, device, shared, bytes)
         SELECT attempt.id, ?, ?, ? FROM attempt JOIN run ON run.id = attempt.run_id WHERE run.uid = ? AND attempt.n = ?`,
      )
      .run(device, shared ? 1 : 0, bytes, run, n);
}

/** The devices of an attempt, whether it has ended or not. */
export function leasesOf(store: Store, run: string, n: number): NewLease[] {
  const rows = store
    .statement(
      `SELECT lease.device, lease.shared, lease.bytes FROM lease
       JOIN attempt ON attempt.id = lease.attempt_id JOIN run ON run.id = attempt.run_id
       WHERE run.uid = ? AND attempt.n = ? ORDER BY lease.device`,
    )
    .all(run, n) as { device: string; shared: number; bytes: number | null }[];
  return rows.map(({ device, shared, bytes }) => ({ device, shared: shared === 1, bytes }));
}
