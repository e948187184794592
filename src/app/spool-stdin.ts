// For what reads a dataset twice: stdin, which can be read once, becomes a file for that time.
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DataSource } from '../dataset/scan.ts';

export interface RereadableSources {
  sources: DataSource[];
  /** Removes what was written. */
  dispose(): Promise<void>;
}

/** The same sources, each of which can be opened any number of times. */
export async function spoolStdin(sources: readonly DataSource[]): Promise<RereadableSources> {
  const files: string[] = [];
  const dispose = async (): Promise<void> => {
    for (const file of files) await rm(file, { force: true });
  };
  try {
    const spooled: DataSource[] = [];
    for (const { stream, ...source } of sources) {
      if (!stream) {
        spooled.push(source);
        continue;
      }
      const path = join(tmpdir(), `lorch-stdin-${randomUUID().slice(0, 8)}`);
      files.push(path);
      await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
      spooled.push({ ...source, path });
    }
    return { sources: spooled, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
