// Which runs somebody wants to be told about when they end. It is written when this user starts a run, and kept in the
// user's cache: a run folder or a database that comes from elsewhere never makes this workspace tell anybody anything.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isRunning } from '../hosts/pid.ts';
import { userCacheDir } from '../python/cache-dir.ts';
import { replaceCacheFile } from '../python/cache-file.ts';
import type { SuperviseDeps } from './deps.ts';

const pending = z.object({
  lorch: z.literal(1),
  run: z.string(),
  run_dir: z.string(),
  /** How often it was tried in vain, and when it may be tried again. */
  tries: z.number().int().nonnegative(),
  next_ms: z.number().int().nonnegative(),
});

export type PendingNotification = z.infer<typeof pending>;

export interface ClaimedNotification {
  /** It was sent, or nobody wants it any more. */
  done(): void;
  /** It could not be sent; it is tried again from `nextMs` on. */
  postpone(nextMs: number): void;
}

/** Remembers that the end of this run is to be told. */
export function expectEnd(deps: SuperviseDeps, run: string): void {
  const runDir = resolve(deps.runsDir, run);
  write(deps, { lorch: 1, run, run_dir: runDir, tries: 0, next_ms: 0 });
}

/** What is to be told of this workspace's runs. */
export function listPending(deps: SuperviseDeps): PendingNotification[] {
  putBackAbandoned(deps);
  return namesIn(deps)
    .filter((name) => name.endsWith('.json'))
    .map((name) => read(deps, name))
    .filter((each) => each !== null)
    .filter((each) => resolve(deps.runsDir, each.run) === each.run_dir);
}

/** Takes one of them; null if another process has it. A process that is killed with it leaves it to the next. */
export function claimPending(deps: SuperviseDeps, taken: PendingNotification): ClaimedNotification | null {
  const file = fileOf(deps, taken.run_dir);
  const mine = `${file}.${process.pid}.sending`;
  try {
    renameSync(file, mine);
  } catch {
    return null;
  }
  return {
    done: () => rmSync(mine, { force: true }),
    postpone(nextMs) {
      write(deps, { ...taken, tries: taken.tries + 1, next_ms: nextMs });
      rmSync(mine, { force: true });
    },
  };
}

function namesIn(deps: SuperviseDeps): string[] {
  try {
    return readdirSync(folderOf(deps));
  } catch {
    return [];
  }
}

/** Those of processes that were killed while they sent. */
function putBackAbandoned(deps: SuperviseDeps): void {
  for (const name of namesIn(deps)) {
    const [, file, pid] = /^([0-9a-f]{64}\.json)\.(\d+)\.sending$/.exec(name) ?? [];
    if (!file || isRunning(Number(pid))) continue;
    try {
      renameSync(join(folderOf(deps), name), join(folderOf(deps), file));
    } catch {
      // Another process was faster.
    }
  }
}

function read(deps: SuperviseDeps, name: string): PendingNotification | null {
  try {
    return pending.parse(JSON.parse(readFileSync(join(folderOf(deps), name), 'utf8')));
  } catch {
    return null;
  }
}

function write(deps: SuperviseDeps, content: PendingNotification): void {
  try {
    replaceCacheFile(fileOf(deps, content.run_dir), JSON.stringify(content));
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'a notification cannot be written down');
  }
}

function folderOf({ env }: SuperviseDeps): string {
  return join(userCacheDir(env), 'notifications');
}

function fileOf(deps: SuperviseDeps, runDir: string): string {
  return join(folderOf(deps), `${createHash('sha256').update(runDir).digest('hex')}.json`);
}
