import Database from 'better-sqlite3';

/** Versions from 3.7.0 to 3.51.2 can corrupt a write-ahead log that is reset while another process reads it. */
export const oldestSqlite = '3.51.3';

/** The SQLite inside better-sqlite3; throws if the native module does not load. */
export function sqliteVersion(): string {
  const db = new Database(':memory:');
  try {
    return String(db.prepare('select sqlite_version()').pluck().get());
  } finally {
    db.close();
  }
}
