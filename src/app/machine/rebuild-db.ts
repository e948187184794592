// The database is an index of the run folders and review logs: made again from them, also if the file is damaged.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createRedactor } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { openStore, type Store, verifyStore } from '../../store/open-store.ts';
import { createControllerLog } from '../../supervise/controller-log.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { type RebuiltIndex, rebuildIndex } from '../../supervise/rebuild-index.ts';
import { recoverRuns } from '../../supervise/recover-runs.ts';
import { indexAllReviews } from '../review/index-reviews.ts';

export interface RebuiltDb extends RebuiltIndex {
  /** Review logs of the workspace. */
  reviews: number;
  /** Where a damaged file was put; null where it was sound. */
  damaged: string | null;
}

export interface RebuildRequest {
  runsDir: string;
  /** Of the workspace, whose review logs are indexed too. */
  root: string;
  env: SuperviseDeps['env'];
  now(): number;
  onRun?(done: number, total: number): void;
}

/** Makes the index again. A damaged file is put aside, never deleted; one of a newer lorch is refused (E030). */
export async function rebuildDb(request: RebuildRequest): Promise<RebuiltDb> {
  const { runsDir, root, env, now } = request;
  mkdirSync(runsDir, { recursive: true });
  const { store, damaged } = openSound(join(runsDir, 'lorch.db'), now());
  try {
    const deps: SuperviseDeps = {
      store,
      runsDir,
      env,
      now,
      log: createControllerLog(runsDir, createRedactor(env)),
    };
    const rebuilt = await rebuildIndex(deps, request.onRun);
    const reviews = await indexAllReviews(store, root, runsDir);
    await recoverRuns(deps);
    return { ...rebuilt, reviews, damaged };
  } finally {
    store.close();
  }
}

function openSound(path: string, now: number): { store: Store; damaged: string | null } {
  try {
    const store = openStore(path);
    try {
      verifyStore(store);
      return { store, damaged: null };
    } catch (error) {
      store.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'E033') throw error;
    const damaged = `${path}.damaged-${now}`;
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(path + suffix)) renameSync(path + suffix, damaged + suffix);
    return { store: openStore(path), damaged };
  }
}
