import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canUseWal } from '../../src/store/journal-mode.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { isSafeSqlite, openStore } from '../../src/store/open-store.ts';
import { getRun, listRuns } from '../../src/store/runs.ts';
import { seriesSummaries } from '../../src/store/series-summary.ts';
import { isBusy } from '../../src/store/store-errors.ts';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-store-'));
  path = join(dir, 'deep', 'lorch.db');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('opening the database', () => {
  it('makes it, for its owner only, with a write-ahead log and foreign keys', () => {
    const store = openStore(path);
    expect(store.journal).toBe('wal');
    expect(store.fresh).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(store.db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(store.db.pragma('user_version', { simple: true })).toBe(migrations.length);
    store.close();
    expect(readdirSync(join(dir, 'deep')).filter((name) => name.includes('probe'))).toEqual([]);
    expect(openStore(path).fresh).toBe(false);
  });

  it('works with the rollback journal, where write-ahead logging does not', () => {
    const store = openStore(path, { journal: 'delete' });
    expect(store.journal).toBe('delete');
    expect(store.db.pragma('synchronous', { simple: true })).toBe(2);
    expect(listRuns(store)).toEqual([]);
    expect(canUseWal(dir)).toBe(true);
    expect(canUseWal('/proc')).toBe(false);
  });

  it('refuses a database that a newer lorch wrote, and leaves it alone', () => {
    openStore(path).close();
    const db = new Database(path);
    db.pragma(`user_version = ${migrations.length + 1}`);
    db.close();
    expect(() => openStore(path)).toThrow(expect.objectContaining({ code: 'E030', exitCode: 3 }));
    expect(new Database(path).pragma('user_version', { simple: true })).toBe(migrations.length + 1);
  });

  it('says what to do about a damaged file', () => {
    const damaged = join(dir, 'damaged.db');
    writeFileSync(
      damaged,
      'this is not a database, by far, and long enough to be read as a header of one'.repeat(20),
    );
    expect(() => openStore(damaged)).toThrow(expect.objectContaining({ code: 'E033' }));
  });

  it('says why a file cannot be opened', () => {
    writeFileSync(join(dir, 'file'), '');
    for (const bad of [join(dir, 'file', 'lorch.db'), dir])
      expect(() => openStore(bad)).toThrow(expect.objectContaining({ code: 'E032', exitCode: 3 }));
  });

  it('knows the versions of SQLite that are safe to write with', () => {
    expect(['3.51.3', '3.52.0', '3.53.2', '4.0.0'].map(isSafeSqlite)).toEqual([true, true, true, true]);
    expect(['3.51.2', '3.50.9', '3.7.0', '2.9.9'].map(isSafeSqlite)).toEqual([false, false, false, false]);
  });

  it('waits for another writer, and then says that it is busy', () => {
    const holder = openStore(path);
    const waiter = openStore(path, { busyTimeoutMs: 20 });
    holder.db.exec('BEGIN IMMEDIATE');
    let thrown: unknown;
    try {
      waiter.write(() => undefined);
    } catch (error) {
      thrown = error;
    }
    expect(isBusy(thrown)).toBe(true);
    expect(isBusy(new Error('no'))).toBe(false);
    holder.db.exec('ROLLBACK');
    expect(waiter.write(() => 7)).toBe(7);
  });
});

describe('migrations', () => {
  it('happen whole or not at all', () => {
    const db = new Database(':memory:');
    const half = [
      ...migrations,
      {
        name: 'breaks in the middle',
        up(inner: Database.Database) {
          inner.exec('CREATE TABLE half (x INTEGER) STRICT');
          throw new Error('power cut');
        },
      },
    ];
    expect(() => migrate(db, half)).toThrow('power cut');
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    expect(db.prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(0);
  });

  it('every released database opens, with its runs as they were', () => {
    const released = readdirSync(join(import.meta.dirname, 'released')).filter((name) =>
      name.endsWith('.sql'),
    );
    expect(released).toHaveLength(migrations.length);
    for (const name of released) {
      const old = join(dir, `${name}.db`);
      const db = new Database(old);
      db.exec(readFileSync(join(import.meta.dirname, 'released', name), 'utf8'));
      db.close();
      const store = openStore(old);
      expect(getRun(store, 'first')).toMatchObject({
        step: 2,
        status: { phase: 'finished', outcome: 'succeeded', exitCode: 0 },
        tags: ['kept'],
        trainable: 1024,
      });
      expect(seriesSummaries(store, 'first').find((series) => series.name === 'loss')).toMatchObject({
        last: Number.POSITIVE_INFINITY,
        points: 2,
        min: 2.5,
      });
      const settings = store.statement("SELECT DISTINCT key FROM param WHERE key LIKE 'resources.%'");
      expect(settings.pluck().all()).toContain('resources.host');
      expect(settings.pluck().all()).not.toContain('resources.launcher');
      expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(schemaOf(store.db)).toEqual(schemaOf(openStore(path).db));
    }
  });

  it('a released migration is never edited', () => {
    for (const [i] of migrations.entries()) {
      const text = readFileSync(join(import.meta.dirname, 'released', `v${i + 1}.sql`), 'utf8');
      const was = new Database(':memory:');
      was.exec(text);
      const now = new Database(':memory:');
      migrate(now, migrations.slice(0, i + 1));
      expect(schemaOf(now)).toEqual(schemaOf(was));
    }
  });
});

function schemaOf(db: Database.Database): unknown[] {
  return db
    .prepare('SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name')
    .all()
    .map((row) => JSON.stringify(row).replace(/(\\n|\s)+/g, ' '));
}
