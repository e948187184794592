// Names that tell which process made them, so that what a killed process left is known from what a living one writes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isRunning, parseProcStat } from '../../hosts/pid.ts';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);

/** `<host>-<pid>-<start>` of this process, for a part of a file's name. */
export function ownerTag(): string {
  return `${host}-${process.pid}-${startOf(process.pid) ?? '0'}`;
}

/** What a tag looks like in a pattern; the last part is missing in names of earlier versions. */
export const ownerPattern = '[0-9a-f]{6}-\\d+(?:-[0-9a-z]+)?';

/** Whether the process of a tag has ended for sure: not if it is another machine's, or cannot be told. */
export function isOwnerGone(tag: string): boolean {
  const [, where, pid, start] = /^([0-9a-f]{6})-(\d+)(?:-([0-9a-z]+))?$/.exec(tag) ?? [];
  if (where !== host || pid === undefined) return false;
  if (!isRunning(Number(pid))) return true;
  // The pid was given to somebody else since.
  const now = startOf(Number(pid));
  return start !== undefined && start !== '0' && now !== null && now !== start;
}

/** When it was started, in ticks since the boot; null if there is no /proc. */
function startOf(pid: number): string | null {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).start || null;
  } catch {
    return null;
  }
}
