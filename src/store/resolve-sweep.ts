// A sweep on the command line: its id, the beginning of one, or the name in its config, from which its runs have theirs.
import type { Store } from './open-store.ts';

/** The runs of the sweep that `ref` means, in its order; null if it means none. A run of that id or name goes before. */
export function resolveSweep(store: Store, ref: string): string[] | null {
  const isRun = store.statement('SELECT 1 FROM run WHERE uid = ? OR name = ?').get(ref, ref) !== undefined;
  const id = isRun ? undefined : (sweepOfId(store, ref) ?? sweepOfName(store, ref));
  return id === undefined ? null : runsOfSweep(store, id);
}

function sweepOfId(store: Store, ref: string): string | undefined {
  if (!ref.startsWith('sweep-')) return undefined;
  const ids = store
    .statement('SELECT DISTINCT sweep_id FROM run WHERE substr(sweep_id, 1, length(?)) = ?')
    .pluck()
    .all(ref, ref) as string[];
  return ids.length === 1 ? ids[0] : ids.find((id) => id === ref);
}

/** The newest one of several. */
function sweepOfName(store: Store, name: string): string | undefined {
  return store
    .statement(
      `SELECT sweep_id FROM run WHERE sweep_id IS NOT NULL GROUP BY sweep_id
       HAVING count(*) > 1 AND min(substr(name, 1, length(?) + 1) = ? || '-') = 1
       ORDER BY max(created_ms) DESC LIMIT 1`,
    )
    .pluck()
    .get(name, name) as string | undefined;
}

/** The same file gives the same id: of several runs of one point, the newest counts. */
function runsOfSweep(store: Store, id: string): string[] {
  return store
    .statement(
      `SELECT uid FROM (SELECT uid, sweep_index, max(created_ms) FROM run WHERE sweep_id = ? GROUP BY sweep_index)
       ORDER BY sweep_index`,
    )
    .pluck()
    .all(id) as string[];
}
