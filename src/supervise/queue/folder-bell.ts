// Wakes the dispatcher when another process writes the database, which lies in the folder of runs.
import { type FSWatcher, watch } from 'node:fs';

export interface FolderBell {
  /** Resolves after `ms`, or sooner if something in the folder itself changed. */
  pause(ms: number): Promise<void>;
  close(): void;
}

/** So often at most: somebody who follows a run writes many times a second. */
const leastMs = 60;

/** A folder that cannot be watched, as on some network file systems, only lets every pause last. */
export function createFolderBell(folder: string): FolderBell {
  let wake: (() => void) | null = null;
  let rung = false;
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(folder, { persistent: false }, () => {
      rung = true;
      wake?.();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // Too many are watched already, or the file system cannot do it.
  }
  const sleep = (ms: number, early: boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (!early) return;
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    async pause(ms) {
      const least = Math.min(ms, leastMs);
      await sleep(least, false);
      if (!rung && ms > least) await sleep(ms - least, true);
      wake = null;
      rung = false;
    },
    close: () => watcher?.close(),
  };
}
