// The only way to SQLite. A Store is a connection with its prepared statements.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { systemCode, systemReason } from '../diagnostics/system-error.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { canUseWal, type JournalMode } from './journal-mode.ts';
import { openMemoryCopy } from './memory-copy.ts';
import { migrate } from './migrate.ts';
import { isBusy, noRoom, storeFailure } from './store-errors.ts';

export interface Store {
  readonly path: string;
  readonly journal: JournalMode;
  /** There was no database before. */
  readonly fresh: boolean;
  /** Why the database cannot be written, if this is a copy in memory; null otherwise. */
  readonly unwritable: UserError | null;
  /** For files of store/ only. */
  readonly db: Database.Database;
  /** Prepares a statement once per connection. */
  statement(sql: string): Database.Statement<unknown[]>;
  /** Runs `work` with the write lock held from its start; inside another one, as a part of it. */
  write<T>(work: () => T): T;
  /** Reads in `work` see the database as it is at one moment; inside another transaction, as that sees it. */
  read<T>(work: () => T): T;
  close(): void;
}

export interface OpenStoreOptions {
  /** `auto` (the default) takes WAL if the file system supports it. */
  journal?: 'auto' | JournalMode;
  /** How long a statement waits for another process's write, ms. */
  busyTimeoutMs?: number;
  /** If the file cannot be written, opens a copy of it in memory. */
  orMemoryCopy?: boolean;
}

/** The first SQLite without the bug that corrupts a database when a WAL is reset (3.7.0 to 3.51.2 have it). */
const oldestSqlite = [3, 51, 3] as const;
/** Free space that a database in WAL mode needs, with a reserve. */
const leastBytes = 64 * 1024;

/** Opens, creates or upgrades the database at `path`. Throws UserError E030–E033, E050–E052. */
export function openStore(path: string, options: OpenStoreOptions = {}): Store {
  try {
    return openFile(path, options);
  } catch (error) {
    if (!options.orMemoryCopy || !isUnwritable(error)) throw error;
    const db = openMemoryCopy(path);
    return storeOf(db, path, 'delete', migrate(db) === 0, error);
  }
}

function openFile(path: string, options: OpenStoreOptions): Store {
  let db: Database.Database;
  try {
    mkdirSync(dirname(path), { recursive: true });
    makeFile(path);
    db = new Database(path, { timeout: options.busyTimeoutMs ?? 5000 });
  } catch (error) {
    throw cannotOpen(path, error);
  }
  try {
    checkSqliteVersion(db);
    const journal = setJournalMode(db, path, options.journal ?? 'auto');
    // NORMAL: a power cut may take the last commits with it, and the byte offset goes with them, so nothing counts
    // twice or is missed. Without WAL, NORMAL is not safe.
    db.pragma(`synchronous = ${journal === 'wal' ? 'NORMAL' : 'FULL'}`);
    db.pragma('foreign_keys = ON');
    db.pragma('cache_size = -65536');
    return storeOf(db, path, journal, migrate(db) === 0, null);
  } catch (error) {
    db.close();
    throw error instanceof UserError ? error : cannotOpen(path, error);
  }
}

/** A database that only this process knows and that may be lost: nothing is forced to disk. Foreign keys are off. */
export function openScratch(path: string): Store {
  let db: Database.Database | undefined;
  try {
    makeFile(path);
    db = new Database(path);
    // In memory: a file of that name beside a database that was unlinked would be refused.
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.pragma('foreign_keys = OFF');
    db.pragma('cache_size = -65536');
    return storeOf(db, path, 'delete', migrate(db) === 0, null);
  } catch (error) {
    db?.close();
    rmSync(path, { force: true });
    throw error instanceof UserError ? error : cannotOpen(path, error);
  }
}

function makeFile(path: string): void {
  // SQLite would create it with the umask's mode; its -wal and -shm take the mode of the main file.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);
  const file = openSync(path, flags, 0o600);
  try {
    if (fstatSync(file).isFile()) fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}

function storeOf(
  db: Database.Database,
  path: string,
  journal: JournalMode,
  fresh: boolean,
  unwritable: UserError | null,
): Store {
  const statements = new Map<string, Database.Statement<unknown[]>>();
  return {
    path,
    journal,
    fresh,
    unwritable,
    db,
    statement(sql) {
      let statement = statements.get(sql);
      if (!statement) {
        statement = db.prepare<unknown[]>(sql);
        statements.set(sql, statement);
      }
      return statement;
    },
    write: (work) => (db.inTransaction ? work() : db.transaction(work).immediate()),
    read: (work) => (db.inTransaction ? work() : db.transaction(work).deferred()),
    close: () => void db.close(),
  };
}

/** Reads the whole file and throws UserError E033 if it is damaged; whether indexes agree with tables is not asked. */
export function verifyStore(store: Store): void {
  let verdict: unknown;
  try {
    verdict = store.db.pragma('quick_check', { simple: true });
  } catch (error) {
    throw cannotOpen(store.path, error);
  }
  if (verdict !== 'ok') throw damaged(store.path, String(verdict), verdict);
}

/**
 * Runs asynchronous work as one transaction, inside another one as a part of it that fails alone; the connection must
 * serve nothing else meanwhile.
 */
export async function writeAcross<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const inner = store.db.inTransaction;
  const run = (sql: string) => store.statement(sql).run();
  run(inner ? 'SAVEPOINT part' : 'BEGIN IMMEDIATE');
  try {
    const result = await work();
    run(inner ? 'RELEASE part' : 'COMMIT');
    return result;
  } catch (error) {
    if (store.db.inTransaction) {
      run(inner ? 'ROLLBACK TO part' : 'ROLLBACK');
      if (inner) run('RELEASE part');
    }
    throw error;
  }
}

/** Compares `3.53.2`-like versions with the oldest SQLite that may write our file. */
export function isSafeSqlite(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, oldest] of oldestSqlite.entries()) {
    const part = parts[i] ?? 0;
    if (part !== oldest) return part > oldest;
  }
  return true;
}

function checkSqliteVersion(db: Database.Database): void {
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  if (isSafeSqlite(version)) return;
  throw new UserError(
    'E031',
    `better-sqlite3 brings SQLite ${version}, which can corrupt a database in WAL mode`,
    {
      hint: `install a better-sqlite3 with SQLite ${oldestSqlite.join('.')} or newer: npm install better-sqlite3@latest`,
      exitCode: 3,
    },
  );
}

function setJournalMode(db: Database.Database, path: string, wanted: 'auto' | JournalMode): JournalMode {
  const current = db.pragma('journal_mode', { simple: true });
  if (wanted === 'auto' && current === 'wal') return 'wal';
  const mode = wanted === 'auto' ? (canUseWal(dirname(path)) ? 'wal' : 'delete') : wanted;
  const got = String(db.pragma(`journal_mode = ${mode}`, { simple: true }));
  // An existing rollback-journal database stays so while another process has it open.
  if (got === 'wal' || got === 'delete') return got;
  throw new UserError('E032', `${path}: journal mode is ${got}, not ${mode}`, {
    hint: 'close other programs that hold the file, or put the workspace on a local disk',
    exitCode: 3,
  });
}

function cannotOpen(path: string, error: unknown): UserError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Database.SqliteError ? error.code : '';
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return damaged(path, message, error);
  // SQLite reports "disk I/O error" if there is no room for its shared-memory file.
  const known = isBusy(error) ? storeFailure(error) : code && isFull(dirname(path)) ? noRoom(error) : null;
  if (known) return known;
  return new UserError('E032', `cannot open ${path}: ${code ? message : systemReason(error)}`, {
    hint: 'check that the folder exists, is writable and has space; network file systems often cannot hold a database',
    exitCode: 3,
    cause: error,
  });
}

function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastBytes;
  } catch {
    return false;
  }
}

// The disk is full, read-only or failing, or the file belongs to another user: it can only be read.
function isUnwritable(error: unknown): error is UserError {
  if (!(error instanceof UserError)) return false;
  if (error.code === 'E051') return true;
  if (error.code !== 'E032') return false;
  const code = systemCode(error.cause);
  return (
    /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM)/.test(code) ||
    ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EFBIG'].includes(code)
  );
}

function damaged(path: string, message: string, cause: unknown): UserError {
  return new UserError('E033', `${path} is not a sound database: ${message}`, {
    hint: 'it is only an index: `lorch db rebuild` makes it again from the run folders',
    exitCode: 3,
    cause,
  });
}

/** Throws if the database cannot be written; call it before work that needs to write. */
export function requireWritable({ unwritable }: Store): void {
  if (unwritable) throw unwritable;
}
