// What this user has launched and no process has claimed yet. It is in the user's cache, outside of workspaces: a run folder
// or a database that comes from elsewhere can name an attempt, but never the program that an attempt starts.
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { userCacheDir } from '../python/cache-dir.ts';
import { replaceCacheFile } from '../python/cache-file.ts';
import type { SuperviseDeps } from './deps.ts';

const ownLaunch = z.object({
  lorch: z.literal(1),
  /** The run folder and the attempt that it is for; it is good for no other. */
  run_dir: z.string(),
  attempt: z.number().int().positive(),
  python: z.string(),
  shim: z.string(),
  command: z.array(z.string()),
  /** The job's environment without its secrets. */
  env: z.record(z.string(), z.string()),
});

export type OwnLaunch = z.infer<typeof ownLaunch>;

/** Tokens are ours, but they are read from files and become part of a path. */
const tokenGrammar = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Writes down what an attempt with this token starts, before it is started. */
export function recordOwnLaunch(deps: SuperviseDeps, token: string, launch: Omit<OwnLaunch, 'lorch'>): void {
  const file = fileOf(deps, token);
  if (!file) return;
  try {
    const content: OwnLaunch = { lorch: 1, ...launch, run_dir: resolve(launch.run_dir) };
    replaceCacheFile(file, JSON.stringify(content));
  } catch (error) {
    // The attempt starts all the same; only if its start is lost, it is not started again.
    deps.log.warn({ error: String(error) }, 'the launch cannot be written down');
  }
}

/** What this user started for exactly this attempt; null if it was somebody else, or long ago. */
export function readOwnLaunch(
  deps: SuperviseDeps,
  token: string,
  runDir: string,
  attempt: number,
): OwnLaunch | null {
  const file = fileOf(deps, token);
  if (!file) return null;
  try {
    const found = ownLaunch.parse(JSON.parse(readFileSync(file, 'utf8')));
    return found.run_dir === resolve(runDir) && found.attempt === attempt ? found : null;
  } catch {
    return null;
  }
}

/** Once the attempt is claimed or over, it is not started again. */
export function forgetOwnLaunch(deps: SuperviseDeps, token: string): void {
  const file = fileOf(deps, token);
  try {
    if (file) rmSync(file, { force: true });
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'a launch that is over cannot be forgotten');
  }
}

function fileOf({ env }: SuperviseDeps, token: string): string | null {
  return tokenGrammar.test(token) ? join(userCacheDir(env), 'launches', `${token}.json`) : null;
}
