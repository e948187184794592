import type { Database } from 'better-sqlite3';
import { UserError } from '../diagnostics/user-error.ts';
import { type Migration, migrations } from './migrations/index.ts';

/** The schema number of a database; 0 for an empty one. */
function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Upgrades a database to the newest schema, all steps in one transaction, so that a kill leaves it unchanged.
 * Returns the version it had. A database made by a newer lorch is refused, never touched.
 */
export function migrate(db: Database, steps: readonly Migration[] = migrations): number {
  // Read first without a lock, because nearly every open has nothing to do and must not wait for a writer.
  const found = schemaVersion(db);
  if (found > steps.length) throw newerDatabase(db.name, found, steps.length);
  if (found === steps.length) return found;
  db.transaction(() => {
    const current = schemaVersion(db);
    if (current > steps.length) throw newerDatabase(db.name, current, steps.length);
    for (const step of steps.slice(current)) step.up(db);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
  return found;
}

function newerDatabase(file: string, found: number, known: number): UserError {
  return new UserError(
    'E030',
    `${file} was written by a newer lorch (schema ${found}; this one knows ${known})`,
    {
      hint: 'update lorch; or move the file away and let `lorch db rebuild` make an index from the run folders',
      exitCode: 3,
    },
  );
}
