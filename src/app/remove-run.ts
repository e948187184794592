// Removing runs: their folder and their place on record, and nothing else.
import { randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { statusWord } from '../run/status.ts';
import { deleteRun } from '../store/insert-run.ts';
import { resolveRun } from '../store/resolve-run.ts';
import { getRun } from '../store/runs.ts';
import type { SuperviseDeps } from '../supervise/deps.ts';

export interface Removable {
  run: string;
  name: string;
  status: string;
  dir: string;
  /** What the folder holds; files shared with the cache by hard link count in full. */
  bytes: number;
}

const removedPrefix = '.removed-';

/** The runs that `refs` name, each once, with their size. Throws UserError U108 for one that is under way. */
export async function findRemovable(deps: SuperviseDeps, refs: readonly string[]): Promise<Removable[]> {
  const ids = [...new Set(refs.map((ref) => resolveRun(deps.store, ref)))];
  return await Promise.all(
    ids.map(async (run) => {
      const row = getRun(deps.store, run);
      const status = row ? statusWord(row.status) : 'gone';
      if (row && row.status.phase !== 'finished' && row.status.phase !== 'queued')
        throw new UserError('U108', `run ${run} is ${status}`, {
          hint: `stop it first: lorch stop ${run}`,
          exitCode: 1,
        });
      const dir = join(deps.runsDir, run);
      return { run, name: row?.name ?? '', status, dir, bytes: await folderBytes(dir) };
    }),
  );
}

/** Removes what `findRemovable` found. */
export async function removeRuns(deps: SuperviseDeps, runs: readonly Removable[]): Promise<void> {
  for (const { run, dir } of runs) {
    // Out of the way in one step: a removal that is interrupted leaves no half of a run.
    const aside = join(deps.runsDir, `${removedPrefix}${run}-${randomBytes(3).toString('hex')}`);
    if (await isThere(dir)) await rename(dir, aside);
    deleteRun(deps.store, run);
    deps.log.info({ run }, 'removed');
  }
  for (const name of await readdir(deps.runsDir))
    if (name.startsWith(removedPrefix)) await rm(join(deps.runsDir, name), { recursive: true, force: true });
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

// Links are counted as links and never followed.
async function folderBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries)
    if (entry.isFile())
      bytes += await lstat(join(entry.parentPath, entry.name)).then(
        (found) => found.size,
        () => 0,
      );
  return bytes;
}
