// Removing runs: their folder and their place on record, and nothing else. Works on a damaged folder, on one that is not
// on record, and on a full disk.
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../diagnostics/user-error.ts';
import { isRunId } from '../../run/record.ts';
import { statusWord } from '../../run/status.ts';
import { latestAttempt } from '../../store/attempts.ts';
import { hasRun } from '../../store/indexed-runs.ts';
import { deleteRun } from '../../store/insert-run.ts';
import { openStore, requireWritable } from '../../store/open-store.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import { isBusy, isStoreTrouble } from '../../store/store-errors.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { isRunAlive } from '../../supervise/run-alive.ts';
import { forgetTrust } from '../../supervise/trusted-code.ts';
import { waitForStore } from '../../supervise/wait-for-store.ts';

export interface Removable {
  run: string;
  name: string;
  status: string;
  dir: string;
  /** What the folder holds; files shared with the cache by hard link count in full. */
  bytes: number;
  /** Attempts when it was found: one more means that it was resumed since. */
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

// A folder may be on no record: damaged, or made while the database could not be written.
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
  // What is on record may be out of date, if the folder is damaged or the disk is full: then the processes decide.
  // Those of a run that has just ended need a moment to go.
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
    await removeRun(deps, found);
    forgetTrust(deps.env, found.dir);
    deps.log.info({ run: found.run }, 'removed');
  }
  await finishRemovals(deps);
}

async function removeRun(deps: SuperviseDeps, { run, dir, attempts }: Removable): Promise<void> {
  // Out of the way in one step: a removal that is interrupted leaves no half of a run.
  const aside = join(deps.runsDir, `${removedPrefix}${run}-${randomBytes(3).toString('hex')}`);
  const move = (from: string, to: string) => isThere(from) && renameSync(from, to);
  try {
    requireWritable(deps.store);
    await waitForStore(deps, () =>
      deps.store.write(() => {
        // Under the lock that a resume needs too.
        if ((latestAttempt(deps.store, run)?.n ?? 0) !== attempts) throw underWay(run, 'resumed meanwhile');
        deleteRun(deps.store, run);
        move(dir, aside);
      }),
    );
  } catch (error) {
    if (error !== deps.store.unwritable && (!isStoreTrouble(error) || isBusy(error))) {
      // Still on record: the commit found the database locked.
      move(aside, dir);
      throw error;
    }
    // A full disk, say: the folder makes room, and then the record can be written.
    move(dir, aside);
    for (const name of readdirSync(aside)) await rm(join(aside, name), { recursive: true, force: true });
    if (!forget(deps, run))
      deps.notice?.(`the folder of ${run} is removed; its record goes with the next command that finds room`);
  }
}

/** Whether the record is gone. */
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
 * Ends the removals that were interrupted, or that found no room for the record. A folder that was put aside stays until
 * its run is off the record.
 */
export async function finishRemovals(deps: SuperviseDeps): Promise<void> {
  for (const name of readdirSync(deps.runsDir)) {
    const run = removed.exec(name)?.[1];
    if (run === undefined) continue;
    // Under the lock, which a command that removes this run holds.
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
