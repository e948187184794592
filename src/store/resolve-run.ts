// RUN on the command line: an id, a unique beginning of one, a name (its latest run, or the one under way), or @last.
import { editDistance } from '../diagnostics/edit-distance.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { Store } from './open-store.ts';

/** The id of the run that `ref` means. Throws UserError U101 (none), U102 (several). */
export function resolveRun(store: Store, ref: string): string {
  if (ref === '@last') return newest(store, '1 = 1', []) ?? noRuns();
  const exact = newest(store, 'uid = ?', [ref]) ?? newest(store, 'name = ?', [ref]);
  if (exact) return exact;
  const starting = ref === '' ? [] : findStarting(store, ref);
  if (starting.length === 1 && starting[0]) return starting[0];
  if (starting.length > 1)
    throw new UserError('U102', `${starting.length} runs begin with ${ref}`, {
      hint: `type more of the id: ${starting.slice(0, 4).join(', ')}${starting.length > 4 ? ' …' : ''}`,
    });
  const near = nearest(store, ref);
  throw new UserError('U101', `there is no run ${ref}`, {
    hint: near ? `did you mean ${near}? \`lorch runs\` lists them all` : '`lorch runs` lists them all',
  });
}

/**
 * As `resolveRun`, for commands on runs that are under way: a name means the run of that name that is. Throws UserError
 * U102 too if several are.
 */
export function resolveLivingRun(store: Store, ref: string): string {
  const run = resolveRun(store, ref);
  const living = store
    .statement(
      "SELECT uid FROM run WHERE name = ? AND uid <> ? AND phase <> 'finished' ORDER BY created_ms DESC, uid DESC",
    )
    .pluck()
    .all(ref, ref) as string[];
  if (run === ref || living.length === 0) return run;
  if (living.length === 1 && living[0]) return living[0];
  throw new UserError('U102', `${living.length} runs named ${ref} are under way`, {
    hint: `name one by its id: ${living.slice(0, 4).join(', ')}${living.length > 4 ? ' …' : ''}`,
  });
}

function newest(store: Store, where: string, values: unknown[]): string | undefined {
  return store
    .statement(`SELECT uid FROM run WHERE ${where} ORDER BY created_ms DESC, uid DESC LIMIT 1`)
    .pluck()
    .get(...values) as string | undefined;
}

function findStarting(store: Store, prefix: string): string[] {
  return store
    .statement('SELECT uid FROM run WHERE substr(uid, 1, length(?)) = ? ORDER BY created_ms DESC')
    .pluck()
    .all(prefix, prefix) as string[];
}

function noRuns(): never {
  throw new UserError('U101', 'there are no runs yet', { hint: '`lorch train CONFIG` makes one' });
}

// Ids are compared as a whole and by their name part, names as they are; a slip of up to a third still counts.
function nearest(store: Store, ref: string): string | null {
  const words = store
    .statement('SELECT DISTINCT name FROM run UNION SELECT uid FROM run')
    .pluck()
    .all() as string[];
  let best: { word: string; distance: number } | null = null;
  for (const word of words) {
    if (Math.abs(word.length - ref.length) > ref.length / 3) continue;
    const distance = editDistance(ref, word);
    if (distance <= ref.length / 3 && (!best || distance < best.distance)) best = { word, distance };
  }
  return best?.word ?? null;
}
