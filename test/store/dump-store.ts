// Everything in a database, without the numbers that depend on the order of insertion: for comparing two of them.
import type { Store } from '../../src/store/open-store.ts';

type Row = Record<string, unknown>;

/** Table name → rows, each with its run's and series' name in the place of their ids, sorted. */
export function dumpStore(store: Store): Record<string, Row[]> {
  const all = (sql: string) => store.db.prepare(sql).all() as Row[];
  const runs = new Map(all('SELECT id, uid FROM run').map((row) => [row.id, row.uid]));
  const attempts = new Map(
    all('SELECT id, run_id, n FROM attempt').map((row) => [row.id, `${runs.get(row.run_id)}/${row.n}`]),
  );
  const series = new Map(
    all('SELECT id, run_id, name FROM series').map((row) => [row.id, `${runs.get(row.run_id)}/${row.name}`]),
  );
  const named: Record<string, Map<unknown, unknown>> = {
    run_id: runs,
    attempt_id: attempts,
    series_id: series,
  };
  const tables = all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map((row) =>
    String(row.name),
  );
  return Object.fromEntries(
    tables.map((table) => [
      table,
      all(`SELECT * FROM ${table}`)
        .map(({ id: _, ...row }) =>
          Object.fromEntries(
            Object.entries(row).map(([key, value]) => [key, named[key]?.get(value) ?? value]),
          ),
        )
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ]),
  );
}
