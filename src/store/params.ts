// Which plan values there are to filter by.

import { editDistance } from '../diagnostics/edit-distance.ts';
import type { Store } from './open-store.ts';

/** The setting of any run that is called `key`, else the one nearest to it in spelling, else null. */
export function nearestParam(store: Store, key: string): string | null {
  if (store.statement('SELECT 1 FROM param WHERE key = ? LIMIT 1').get(key)) return key;
  const keys = store.statement('SELECT DISTINCT key FROM param').pluck().all() as string[];
  const ranked = keys
    .map((each) => ({ each, distance: editDistance(key, each) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, key.length / 3) ? best.each : null;
}

/** A number of a run's plan by its dotted path; null if the plan has none. */
export function numberParam(store: Store, run: string, key: string): number | null {
  const found = store
    .statement('SELECT number FROM param JOIN run ON run.id = param.run_id WHERE run.uid = ? AND key = ?')
    .pluck()
    .get(run, key) as number | null | undefined;
  return found ?? null;
}
