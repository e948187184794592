import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFreshIndex } from '../../src/store/fresh-index.ts';
import { indexedRuns } from '../../src/store/indexed-runs.ts';
import { deleteRun, insertRun } from '../../src/store/insert-run.ts';
import { openScratch, openStore, type Store } from '../../src/store/open-store.ts';
import { dumpStore } from './dump-store.ts';
import { samplePlan, sampleRecord } from './sample-run.ts';

let dir: string;
let store: Store;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-fresh-'));
  store = openStore(join(dir, 'lorch.db'));
  add(store, 'old');
});

afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true });
});

function add(to: Store, name: string): void {
  insertRun(to, samplePlan(name), sampleRecord(`20260101-100000-${name}-aaaa`, { name, tags: ['tag'] }));
}

const runs = () => indexedRuns(store).map((id) => id.split('-')[2]);

describe('an index made beside the old one', () => {
  it('takes its place with all of its indexes', async () => {
    const fresh = openFreshIndex(store);
    add(fresh.store, 'new');
    add(fresh.store, 'gone');
    fresh.settle();
    await fresh.publish(async () => {
      deleteRun(fresh.store, '20260101-100000-gone-aaaa');
      add(fresh.store, 'last');
    });
    const made = dumpStore(fresh.store);
    fresh.close();
    expect(runs()).toEqual(['new', 'last']);
    expect(dumpStore(store)).toEqual(made);
    expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(store.db.pragma('foreign_key_check')).toEqual([]);
    expect(store.db.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  it('lets others write the old one until then', () => {
    const other = openStore(store.path, { busyTimeoutMs: 0 });
    const fresh = openFreshIndex(store);
    add(fresh.store, 'new');
    add(other, 'meanwhile');
    fresh.close();
    other.close();
    expect(runs()).toEqual(['old', 'meanwhile']);
  });

  it('changes nothing if the last of it fails, and leaves no file behind', async () => {
    const before = dumpStore(store);
    const files = readdirSync(dir);
    const fresh = openFreshIndex(store);
    add(fresh.store, 'new');
    fresh.settle();
    const failing = fresh.publish(async () => {
      throw new Error('the disk went away');
    });
    await expect(failing).rejects.toThrow('the disk went away');
    expect(readdirSync(dir)).toEqual(files);
    fresh.close();
    expect(dumpStore(store)).toEqual(before);
    add(store, 'later');
    expect(runs()).toEqual(['old', 'later']);
  });

  it('does not wait: another writer is an error, after which it can be tried again', async () => {
    store.db.pragma('busy_timeout = 0');
    const other = openStore(store.path);
    const fresh = openFreshIndex(store);
    add(fresh.store, 'new');
    fresh.settle();
    other.db.exec('BEGIN IMMEDIATE');
    await expect(fresh.publish(async () => undefined)).rejects.toThrow('locked');
    other.db.exec('ROLLBACK');
    other.close();
    await fresh.publish(async () => undefined);
    fresh.close();
    expect(runs()).toEqual(['new']);
  });

  it('leaves no file behind if it cannot be made', () => {
    for (let i = 0; i < 10; i += 1) store.db.exec(`ATTACH ':memory:' AS taken${i}`);
    expect(() => openFreshIndex(store)).toThrow('too many attached databases');
    expect(readdirSync(dir).filter((name) => name.includes('.new-'))).toEqual([]);
    const path = join(dir, 'lorch.db.new-1');
    writeFileSync(path, 'no database '.repeat(100));
    expect(() => openScratch(path)).toThrow(expect.objectContaining({ code: 'E033' }));
    expect(existsSync(path)).toBe(false);
  });
});
