// Removes runs: their folder and their database rows, and nothing else. Works on a damaged folder, on one that is not
// in the database, and on a full disk.
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../diagnostics/user-error.ts';
import { isUnreachable } from '../../hosts/unreachable.ts';
import { isRunId } from '../../run/record.ts';
import { statusWord } from '../../run/status.ts';
import { latestAttempt } from '../../store/attempts.ts';
import { hasRun } from '../../store/indexed-runs.ts';
import { deleteRun } from '../../store/insert-run.ts';
import { openStore, requireWritable } from '../../store/open-store.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import { isBusy, isStoreTrouble } from '../../store/store-errors.ts';
import { hostsOf } from '../../supervise/away-runs.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { forgetOwnQueued } from '../../supervise/queue/own-queue.ts';
import { isRunAlive } from '../../supervise/run-alive.ts';
import { forgetTrust } from '../../supervise/trusted-code.ts';
import { waitForStore } from '../../supervise/wait-for-store.ts';

export interface Removable {
  run: string;
  name: string;
  status: string;
  dir: string;
  /** Size of the folder; files shared with the cache by hard link count in full. */
  bytes: number;
  /** Number of attempts when the run was found; a larger number later means that it was resumed. */
  attempts: number;
}

const removedPrefix = '.removed-';
const removed = /^\.removed-(.+)-[0-9a-f]{6}$/;
const lastMomentsMs = 10_000;
const pollMs = 100;

/** The runs that `refs` name, each once, with their size. Throws UserError U108 for one that is under way. */
export async function findRemovable(deps: SuperviseDeps, refs: readonly string[]): Promise<Removable[]> {
  const ids = [...new Set(refs.map((ref) => findRun(deps, ref)))];
  return await Promise.all(
    ids.map(async (run) => {
      const row = getRun(deps.store, run);
      await refuseUnderWay(deps, run, row);
      const dir = join(deps.runsDir, run);
      const status = row ? statusWord(row.status) : 'not on record';
      const attempts = latestAttempt(deps.store, run)?.n ?? 0;
      return { run, name: row?.name ?? '', status, dir, bytes: await folderBytes(dir), attempts };
    }),
  );
}

// A folder may not be in the database, because it is damaged or was made while the database could not be written.
function findRun(deps: SuperviseDeps, ref: string): string {
  try {
    return resolveRun(deps.store, ref);
  } catch (error) {
    if (
      error instanceof UserError &&
      error.code === 'U101' &&
      isRunId(ref) &&
      isFolder(join(deps.runsDir, ref))
    )
      return ref;
    throw error;
  }
}

async function refuseUnderWay(deps: SuperviseDeps, run: string, row: RunRow | null): Promise<void> {
  const active = row !== null && row.status.phase !== 'finished' && row.status.phase !== 'queued';
  // The database may be out of date if the folder is damaged or the disk is full, so check the processes.
  // Processes of a run that has just ended need a moment to exit.
  for (let left = active ? 0 : lastMomentsMs; await isRunAlive(deps, run, active); left -= pollMs) {
    if (left <= 0) throw underWay(run, active ? statusWord(row.status) : 'alive');
    await sleep(pollMs);
  }
}

function underWay(run: string, status: string): UserError {
  return new UserError('U108', `run ${run} is ${status}`, {
    hint: `stop it first: lorch stop ${run}`,
    exitCode: 1,
  });
}

/** Removes what `findRemovable` found. Throws UserError U108 if one of them was resumed since. */
export async function removeRuns(deps: SuperviseDeps, runs: readonly Removable[]): Promise<void> {
  for (const found of runs) {
    await refuseUnderWay(deps, found.run, getRun(deps.store, found.run));
    await removeElsewhere(deps, found.run);
    await removeRun(deps, found);
    forgetTrust(deps.env, found.dir);
    forgetOwnQueued(deps, found.run);
    deps.log.info({ run: found.run }, 'removed');
  }
  await finishRemovals(deps);
}

/** Its folders on other hosts. What cannot be reached stays there, and the user is told so. */
async function removeElsewhere(deps: SuperviseDeps, run: string): Promise<void> {
  for (const { host, runDir } of hostsOf(deps, run))
    await host.remove(runDir).catch((error: unknown) => {
      if (!isUnreachable(error)) throw error;
      deps.notice?.(`${error.message}; ${runDir} stays there, with what the run wrote`);
    });
}

async function removeRun(deps: SuperviseDeps, { run, dir, attempts }: Removable): Promise<void> {
  // Rename the folder in one step, so that an interrupted removal leaves no partial run.
  const aside = join(deps.runsDir, `${removedPrefix}${run}-${randomBytes(3).toString('hex')}`);
  const move = (from: string, to: string) => isThere(from) && renameSync(from, to);
  try {
    requireWritable(deps.store);
    await waitForStore(deps, () =>
      deps.store.write(() => {
        // Hold the lock that a resume also needs.
        if ((latestAttempt(deps.store, run)?.n ?? 0) !== attempts) throw underWay(run, 'resumed meanwhile');
        deleteRun(deps.store, run);
        move(dir, aside);
      }),
    );
  } catch (error) {
    if (error !== deps.store.unwritable && (!isStoreTrouble(error) || isBusy(error))) {
      // The run is still in the database, because it was locked at the commit.
      move(aside, dir);
      throw error;
    }
    // On a full disk, deleting the folder makes room to write the database.
    move(dir, aside);
    for (const name of readdirSync(aside)) await rm(join(aside, name), { recursive: true, force: true });
    if (!forget(deps, run))
      deps.notice?.(`the folder of ${run} is removed; its record goes with the next command that finds room`);
  }
}

/** Whether the run is gone from the database. */
function forget(deps: SuperviseDeps, run: string): boolean {
  deleteRun(deps.store, run);
  if (!deps.store.unwritable) return true;
  try {
    const store = openStore(deps.store.path);
    try {
      deleteRun(store, run);
      return true;
    } finally {
      store.close();
    }
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, 'removed, and still on record');
    return false;
  }
}

/**
 * Finishes removals that were interrupted or could not write the database. A renamed folder stays until
 * its run is gone from the database.
 */
export async function finishRemovals(deps: SuperviseDeps): Promise<void> {
  for (const name of readdirSync(deps.runsDir)) {
    const run = removed.exec(name)?.[1];
    if (run === undefined) continue;
    // A command that removes this run holds this lock.
    if (hasRun(deps.store, run))
      deps.store.write(() => {
        if (!isThere(join(deps.runsDir, run))) deleteRun(deps.store, run);
      });
    if (!deps.store.unwritable) await rm(join(deps.runsDir, name), { recursive: true, force: true });
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return existsSync(path) && lstatSync(path).isDirectory();
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
