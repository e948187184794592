// Schema 3: an attempt ran on a host, started by a scheduler; what was called launcher named a process on this machine.
import type { Database } from 'better-sqlite3';

export function splitLauncher(db: Database): void {
  db.exec(`
    ALTER TABLE attempt RENAME COLUMN launcher TO host;
    ALTER TABLE attempt ADD COLUMN scheduler TEXT NOT NULL DEFAULT 'process';
    UPDATE param SET key = 'resources.host' WHERE key = 'resources.launcher';
  `);
}
