// Files that a killed shim or controller was writing: `.PID.RANDOM.tmp` beside the file that it would have become.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../launchers/pid.ts';

const temporary = /^\.(\d{1,10})\.[0-9a-f]+\.tmp$/;

/** Removes such files from a folder if no process of that number lives here. A file that stays does no harm. */
export function sweepTemporary(dir: string): void {
  try {
    for (const name of readdirSync(dir)) {
      const pid = temporary.exec(name)?.[1];
      if (pid !== undefined && !isRunning(Number(pid)))
        rmSync(join(dir, name), { recursive: true, force: true });
    }
  } catch {
    // The folder is gone, or cannot be written.
  }
}
