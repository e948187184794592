// Files that a killed shim or controller was writing: `.PID.RANDOM.tmp` beside the file that it would have become.
import { join } from 'node:path';
import type { Host } from '../hosts/host.ts';
import { isTaken } from '../hosts/processes.ts';

const temporary = /^\.(\d{1,10})\.[0-9a-f]+\.tmp$/;

/** Removes such files from a folder if no process of that number lives on the host. A file that stays does no harm. */
export async function sweepTemporary(host: Host, dir: string): Promise<void> {
  try {
    for (const { name } of (await host.list(dir)) ?? []) {
      const pid = temporary.exec(name)?.[1];
      if (pid !== undefined && !(await isTaken(host, Number(pid)))) await host.remove(join(dir, name));
    }
  } catch {
    // The folder is gone, or cannot be written.
  }
}
