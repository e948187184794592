// Which process starts what waits: one for a workspace, on record with what tells whether it lives.
import type { ProcessIdentity } from '../run/attempt-files.ts';
import type { Store } from './open-store.ts';

export interface Dispatcher extends ProcessIdentity {
  /** Another process that takes over has another. */
  token: string;
  /** Name of the machine that it runs on: a folder of runs may be seen by several. */
  machine: string;
  sinceMs: number;
  /** When it last said that it lives. */
  beatMs: number;
}

/** The dispatcher on record, dead or alive; null: the last one has ended. */
export function getDispatcher(store: Store): Dispatcher | null {
  const row = store.statement('SELECT * FROM dispatcher WHERE id = 1').get() as
    | (Omit<Dispatcher, 'sinceMs' | 'beatMs'> & { since_ms: number; beat_ms: number })
    | undefined;
  if (!row) return null;
  const { token, machine, pid, start, boot_id, since_ms, beat_ms } = row;
  return { token, machine, pid, start, boot_id, sinceMs: since_ms, beatMs: beat_ms };
}

/** Takes the place of dispatcher `instead` (its token; null: there is none). False: somebody else was faster. */
export function becomeDispatcher(store: Store, instead: string | null, next: Dispatcher): boolean {
  return store.write(() => {
    if ((getDispatcher(store)?.token ?? null) !== instead) return false;
    store
      .statement(
        `INSERT OR REPLACE INTO dispatcher (id, token, machine, pid, start, boot_id, since_ms, beat_ms)
         VALUES (1, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(next.token, next.machine, next.pid, next.start, next.boot_id, next.sinceMs, next.beatMs);
    return true;
  });
}

/** Says that the dispatcher lives. False: another has taken its place. */
export function beatDispatcher(store: Store, token: string, now: number): boolean {
  return (
    store.statement('UPDATE dispatcher SET beat_ms = ? WHERE id = 1 AND token = ?').run(now, token).changes >
    0
  );
}

/** Ends a dispatcher if `isIdle` says so with the write lock held: whoever queues a run after that finds none. */
export function endDispatcher(store: Store, token: string, isIdle: () => boolean): boolean {
  return store.write(() => {
    if (!isIdle()) return false;
    store.statement('DELETE FROM dispatcher WHERE id = 1 AND token = ?').run(token);
    return true;
  });
}
