// WAL needs shared memory between processes, which NFS, Lustre and some FUSE file systems lack; some of them say so
// only at the first write. So the answer comes from a throw-away database beside the real one.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export type JournalMode = 'wal' | 'delete';

/** Whether two connections can share a WAL database in `folder`. */
export function canUseWal(folder: string): boolean {
  const file = join(folder, `.wal-probe-${process.pid}-${randomBytes(4).toString('hex')}.db`);
  const open: Database.Database[] = [];
  try {
    const writer = new Database(file);
    open.push(writer);
    if (writer.pragma('journal_mode = wal', { simple: true }) !== 'wal') return false;
    writer.exec('CREATE TABLE probe (x INTEGER) STRICT; INSERT INTO probe VALUES (1)');
    const reader = new Database(file);
    open.push(reader);
    writer.exec('INSERT INTO probe VALUES (2)');
    return reader.prepare('SELECT count(*) FROM probe').pluck().get() === 2;
  } catch {
    return false;
  } finally {
    for (const db of open) db.close();
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
  }
}
