import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const heartbeatMs = 2_000;
/** A holder that has not touched its lock for this long is gone, whatever its pid says now. */
const staleMs = 30_000;

const content = z.object({ pid: z.number().int(), token: z.string() });

export interface LockOptions {
  /** Called once when another process holds the lock. */
  onWait?: (pid: number) => void;
  /** Ends what a dead holder left running, before its lock is taken over. */
  onDead?: (token: string) => Promise<void>;
  signal?: AbortSignal;
}

/** Runs `work` (which is told its token) while holding the lock file; waits for another holder, and takes over from a dead one. */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: (token: string) => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const token = `${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  let told = false;
  while (!(await take(path, token, options.onDead))) {
    const holder = read(path);
    if (holder && !told) {
      told = true;
      options.onWait?.(holder.pid);
    }
    await sleep(250, undefined, options.signal ? { signal: options.signal } : {});
  }
  const heartbeat = setInterval(() => touch(path), heartbeatMs);
  heartbeat.unref();
  try {
    return await work(token);
  } finally {
    clearInterval(heartbeat);
    if (read(path)?.token === token) rmSync(path, { force: true });
  }
}

/** Takes a free lock, or clears a dead one so that the next try can. */
async function take(path: string, token: string, onDead: LockOptions['onDead']): Promise<boolean> {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, token }), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = read(path);
  if (!isDead(path, holder)) return false;
  // Between creating its lock and writing into it, a holder has started nothing.
  if (holder) await onDead?.(holder.token);
  clear(path, token, holder?.token);
  return false;
}

/** Moves a dead lock away. Renaming has one winner; a fresh lock caught by mistake is put back. */
function clear(path: string, token: string, dead: string | undefined): void {
  const aside = `${path}.${token}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else cleared it
  }
  if (read(aside)?.token !== dead) {
    try {
      linkSync(aside, path);
    } catch {
      // A third one holds it already.
    }
  }
  rmSync(aside, { force: true });
}

function isDead(path: string, holder: z.infer<typeof content> | null): boolean {
  const age = ageOf(path);
  // Empty or cut short: its writer died in between, or is about to finish.
  if (!holder) return age > 2_000;
  if (age > staleMs) return true;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function ageOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Gone: the next reader of the lock decides.
  }
}

function read(path: string): z.infer<typeof content> | null {
  try {
    return content.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
