// What a job reads must lie where it runs.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hashFile } from '../hosts/hash-file.ts';
import type { Host } from '../hosts/host.ts';
import { runPaths } from '../run/layout.ts';

/** Brings plan and prepared data of the run folder `home` to `runDir` on its host, each file checked by its hash. */
export async function placeRun(host: Host, home: string, runDir: string): Promise<void> {
  // Where the workspace keeps it is where it runs.
  if (runDir === home) return;
  const { plan, data } = runPaths(home);
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  // The plan last: a folder that has it is complete.
  for (const file of [...files, plan])
    await host.upload(file, join(runDir, relative(home, file)), await hashFile(file));
}
