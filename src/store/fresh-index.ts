// Makes a new index beside the old one. Others read and write the old one until the new one replaces it in one
// transaction. The file stays the same, so programs that have it open continue with it.
import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { openScratch, type Store, writeAcross } from './open-store.ts';

export interface FreshIndex {
  /** Empty at first. */
  readonly store: Store;
  /** When it was made, by the clock of the file system, ms. */
  readonly madeMs: number;
  /** Ends the phase in which each run is written once, without the expensive index and foreign-key checks. */
  settle(): void;
  /**
   * Replaces the contents of the index with those of `store`. `last` writes the latest changes to `store` while
   * nobody else can write.
   */
  publish(last: () => Promise<void>): Promise<void>;
  close(): void;
}

/** Parents first. The tables of reviews and of the dispatcher are not made from the run folders; the queue stays. */
const tables = ['run', 'tag', 'param', 'attempt', 'lease', 'series', 'point', 'roll', 'event', 'finding'];

/** Makes an empty index beside `live`, which must serve nothing else until this is closed. */
export function openFreshIndex(live: Store): FreshIndex {
  const path = `${live.path}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const store = openScratch(path);
  const madeMs = attach(live, store, path);
  // Both connections have it open: nothing is left behind if this process is killed. Windows removes it at the end.
  remove(path);
  const indexes = store.db
    .prepare(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'param' AND sql NOT NULL",
    )
    .all() as { name: string; sql: string }[];
  for (const { name } of indexes) store.db.exec(`DROP INDEX "${name}"`);
  return {
    store,
    madeMs,
    settle() {
      for (const { sql } of indexes.splice(0)) store.db.exec(sql);
      store.db.pragma('foreign_keys = ON');
    },
    async publish(last) {
      // Off, because otherwise SQLite checks and writes each row instead of copying whole tables and indexes.
      live.db.pragma('foreign_keys = OFF');
      live.db.exec('BEGIN');
      try {
        // Locks only the old index for writing; IMMEDIATE would also lock the new one.
        live.db.exec('UPDATE main.run SET uid = uid WHERE id IS NULL');
        await writeAcross(store, last);
        for (const table of tables.toReversed()) live.db.exec(`DELETE FROM main.${table}`);
        for (const table of tables) live.db.exec(`INSERT INTO main.${table} SELECT * FROM fresh.${table}`);
        // Who queued a run meanwhile has not written its file yet; what the files alone know was lost here.
        live.db.exec('DELETE FROM main.queue WHERE run NOT IN (SELECT uid FROM main.run)');
        live.db.exec('INSERT OR IGNORE INTO main.queue SELECT * FROM fresh.queue');
        live.db.exec('COMMIT');
      } finally {
        if (live.db.inTransaction) live.db.exec('ROLLBACK');
        live.db.pragma('foreign_keys = ON');
      }
    },
    close() {
      live.db.exec('DETACH fresh');
      store.close();
      remove(path);
    },
  };
}

/** When the file was made. */
function attach(live: Store, store: Store, path: string): number {
  try {
    live.db.prepare('ATTACH ? AS fresh').run(path);
    return statSync(path).ctimeMs;
  } catch (error) {
    store.close();
    remove(path);
    throw error;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Open on Windows.
  }
}
