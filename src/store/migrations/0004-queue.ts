// Schema 4: runs that wait, the devices that attempts hold, and which process starts what waits.
import type { Database } from 'better-sqlite3';

export function createQueueTables(db: Database): void {
  db.exec(`
    CREATE TABLE queue (
      run TEXT PRIMARY KEY REFERENCES run (uid) ON DELETE CASCADE,
      priority INTEGER NOT NULL,
      place INTEGER NOT NULL,
      queued_ms INTEGER NOT NULL,
      held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
      held_why TEXT,
      after TEXT NOT NULL DEFAULT '[]',
      after_attempt INTEGER NOT NULL DEFAULT 0,
      host TEXT NOT NULL,
      gpus INTEGER NOT NULL,
      share_gpu INTEGER NOT NULL DEFAULT 0 CHECK (share_gpu IN (0, 1)),
      bytes INTEGER
    ) WITHOUT ROWID, STRICT;

    CREATE TABLE lease (
      attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
      device TEXT NOT NULL,
      shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
      bytes INTEGER,
      PRIMARY KEY (attempt_id, device)
    ) WITHOUT ROWID, STRICT;

    CREATE TABLE dispatcher (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      token TEXT NOT NULL,
      machine TEXT NOT NULL,
      pid INTEGER NOT NULL,
      start TEXT,
      boot_id TEXT,
      since_ms INTEGER NOT NULL,
      beat_ms INTEGER NOT NULL
    ) STRICT;
  `);
}
