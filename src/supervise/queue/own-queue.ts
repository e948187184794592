// What this user queued here, with the Python and the environment that it was queued with. It is in the user's cache,
// outside of workspaces: a run folder or a database that comes from elsewhere must not start anything by itself.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { userCacheDir } from '../../python/cache-dir.ts';
import { replaceCacheFile } from '../../python/cache-file.ts';
import { runDirOf } from '../attempt-context.ts';
import type { SuperviseDeps } from '../deps.ts';
import { jobEnvironment, recordableEnvironment } from '../job-environment.ts';

const ownQueued = z.object({
  lorch: z.literal(1),
  run_dir: z.string(),
  /** `--python`; null: the workspace's own. */
  python: z.string().nullable(),
  /** The job's environment without its secrets. */
  env: z.record(z.string(), z.string()),
});

export type OwnQueued = z.infer<typeof ownQueued>;

/** Writes down that this user lets the run start by itself. */
export function recordOwnQueued(deps: SuperviseDeps, run: string, python: string | null): void {
  const content: OwnQueued = {
    lorch: 1,
    run_dir: resolve(runDirOf(deps, run)),
    python,
    env: recordableEnvironment(jobEnvironment(deps.env)),
  };
  replaceCacheFile(fileOf(deps, run), `${JSON.stringify(content)}\n`);
}

/** What the run was queued with; null if it was not this user, or not in this folder. */
export function readOwnQueued(deps: SuperviseDeps, run: string): OwnQueued | null {
  try {
    const found = ownQueued.parse(JSON.parse(readFileSync(fileOf(deps, run), 'utf8')));
    return found.run_dir === resolve(runDirOf(deps, run)) ? found : null;
  } catch {
    return null;
  }
}

/** The run waits no longer. */
export function forgetOwnQueued(deps: SuperviseDeps, run: string): void {
  try {
    rmSync(fileOf(deps, run), { force: true });
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'what a run was queued with cannot be forgotten');
  }
}

function fileOf(deps: SuperviseDeps, run: string): string {
  const name = createHash('sha256')
    .update(resolve(runDirOf(deps, run)))
    .digest('hex');
  return join(userCacheDir(deps.env), 'queued', `${name}.json`);
}
