// Whose base model may bring code that is executed. A run folder may come from elsewhere, and its plan says
// trust_remote_code as easily as anything: only what this user allowed here counts. It is in the user's cache, outside
// of workspaces.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { userCacheDir } from '../python/cache-dir.ts';
import { replaceCacheFile } from '../python/cache-file.ts';
import type { Plan } from '../run/plan.ts';

type Env = Readonly<Record<string, string | undefined>>;
/** The part of a plan that decides whether code is executed, and which. */
type PlannedCode = Pick<Plan, 'base_model' | 'model'>;

/** Writes down that this user lets the run's base model execute its code. Nothing is written if the plan asks for none. */
export function trustCode(env: Env, runDir: string, plan: PlannedCode): void {
  if (!plan.model.trust_remote_code) return;
  replaceCacheFile(fileOf(env, runDir), textOf(runDir, plan));
}

/** Throws UserError R133 if the plan would execute code of a model that this user has not allowed for this run. */
export function requireTrust(env: Env, runDir: string, plan: PlannedCode): void {
  if (!plan.model.trust_remote_code || isTrusted(env, runDir, plan)) return;
  const { id, path } = plan.base_model;
  throw new UserError(
    'R133',
    `the plan of run ${basename(runDir)} executes code that comes with ${id} (model.trust_remote_code), and you have not allowed that for this run`,
    {
      hint: `read the .py files of ${path ?? id}; if you trust them, type the command again with --trust-remote-code`,
    },
  );
}

/** The run is gone, and with it what was allowed for it. */
export function forgetTrust(env: Env, runDir: string): void {
  try {
    rmSync(fileOf(env, runDir), { force: true });
  } catch {
    // It names a folder that is gone: it allows nothing.
  }
}

function isTrusted(env: Env, runDir: string, plan: PlannedCode): boolean {
  try {
    return readFileSync(fileOf(env, runDir), 'utf8') === textOf(runDir, plan);
  } catch {
    return false;
  }
}

// The model too: a plan that was replaced since is another matter.
function textOf(runDir: string, { base_model: { id, path, revision } }: PlannedCode): string {
  return `${JSON.stringify({ lorch: 1, run_dir: resolve(runDir), base_model: { id, path, revision } })}\n`;
}

function fileOf(env: Env, runDir: string): string {
  const name = createHash('sha256').update(resolve(runDir)).digest('hex');
  return join(userCacheDir(env), 'trusted', `${name}.json`);
}
