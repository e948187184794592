// A whole database as SQL text: how a released schema is kept, with a run in it. `released/README.md` says how.
import type Database from 'better-sqlite3';

/** Statements that make the database again. */
export function dumpSql(db: Database.Database): string {
  const all = <T>(sql: string) => db.prepare(sql).all() as T[];
  const objects = all<{ type: string; name: string; sql: string }>(
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index', rowid",
  );
  const inserts = objects
    .filter((object) => object.type === 'table')
    .flatMap(({ name }) =>
      all<Record<string, unknown>>(`SELECT * FROM ${name}`).map(
        (row) => `INSERT INTO ${name} VALUES (${Object.values(row).map(literal).join(', ')});`,
      ),
    );
  const version = `PRAGMA user_version = ${String(db.pragma('user_version', { simple: true }))};`;
  return `${[...objects.map((object) => `${object.sql};`), ...inserts, version].join('\n')}\n`;
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
