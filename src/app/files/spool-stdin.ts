// Commands that read a dataset twice copy stdin to a temporary file, because stdin can be read only once.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './temporary-files.ts';

export interface RereadableSources {
  sources: DataSource[];
  /** Removes what was written. */
  dispose(): Promise<void>;
}

/** The same sources, but each can be opened any number of times. */
export async function spoolStdin(sources: readonly DataSource[]): Promise<RereadableSources> {
  const folders: TemporaryFolder[] = [];
  const dispose = async (): Promise<void> => {
    for (const folder of folders) await folder.remove();
  };
  try {
    const spooled: DataSource[] = [];
    for (const { stream, ...source } of sources) {
      if (!stream) {
        spooled.push(source);
        continue;
      }
      const folder = await makeTemporaryFolder('lorch-stdin-');
      folders.push(folder);
      const path = join(folder.path, 'rows');
      await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
      spooled.push({ ...source, path });
    }
    return { sources: spooled, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
