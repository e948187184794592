// File names that identify the process that made them, to tell the leftovers of a killed process from the files of a running one.
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

/** Whether the process of a tag has certainly ended; false if it is on another machine or its state is unknown. */
export function isOwnerGone(tag: string): boolean {
  const [, where, pid, start] = /^([0-9a-f]{6})-(\d+)(?:-([0-9a-z]+))?$/.exec(tag) ?? [];
  if (where !== host || pid === undefined) return false;
  if (!isRunning(Number(pid))) return true;
  // Another process has got the pid since.
  const now = startOf(Number(pid));
  return start !== undefined && start !== '0' && now !== null && now !== start;
}

/** Start time of the process, in ticks since the boot; null if there is no /proc. */
function startOf(pid: number): string | null {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).start || null;
  } catch {
    return null;
  }
}
