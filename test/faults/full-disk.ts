// A workspace whose folder of runs is a small disk of its own, which can be filled to the last byte.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultWorkspace, makeFaultWorkspace } from './workspace.ts';

export interface SmallDisk extends FaultWorkspace {
  runsDir: string;
  /** Leaves 0 bytes. */
  fill(): void;
  /** Gives so many bytes back. */
  free(bytes: number): void;
  /** Everything back. */
  empty(): void;
}

/** Null, with the reason printed, if no tmpfs can be mounted here. */
export function makeSmallDisk(python: string | undefined): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    process.stdout.write('skipped: a full disk needs a mount, which only root on Linux may do\n');
    return null;
  }
  const workspace = makeFaultWorkspace(python);
  const runsDir = join(workspace.root, 'runs');
  const aside = join(workspace.beside, 'aside');
  cpSync(runsDir, aside, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', runsDir], { stdio: 'pipe' });
  } catch (error) {
    process.stdout.write(`skipped: a tmpfs cannot be mounted here: ${String(error)}\n`);
    workspace.close();
    return null;
  }
  cpSync(aside, runsDir, { recursive: true });
  const ballast = join(runsDir, '.ballast');
  return {
    ...workspace,
    runsDir,
    fill() {
      writeFileSync(ballast, '', { flag: 'a' });
      for (const size of [65_536, 4096, 1])
        for (;;)
          try {
            appendFileSync(ballast, Buffer.alloc(size));
          } catch {
            break;
          }
    },
    free: (bytes) => truncateSync(ballast, Math.max(0, statSync(ballast).size - bytes)),
    empty: () => rmSync(ballast, { force: true }),
    close() {
      execFileSync('umount', ['-l', runsDir]);
      workspace.close();
    },
  };
}
