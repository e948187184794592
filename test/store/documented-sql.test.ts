// The SQL that docs/storage.md offers runs on a database as lorch makes it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';

it('runs as it is written', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lorch-sql-'));
  try {
    openStore(join(dir, 'lorch.db')).close();
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/storage.md'), 'utf8');
    const queries = (/```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? '').split(';').filter((text) => text.trim());
    expect(queries).toHaveLength(3);
    const db = new Database(join(dir, 'lorch.db'), { readonly: true });
    for (const query of queries) expect(db.prepare(query).all()).toEqual([]);
    db.close();
  } finally {
    rmSync(dir, { recursive: true });
  }
});
