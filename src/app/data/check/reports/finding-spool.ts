// Findings that wait for the totals, by code: a few in memory, millions in temporary files.
import { createReadStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeTemporaryFolder, type TemporaryFolder } from '../../../files/temporary-files.ts';

export interface FindingSpool {
  /** Adds one finding as JSON, on one line. Returns a promise if the lines go to the disk. */
  add(code: string, line: string): void | Promise<void>;
  /** The lines of one code, in the order in which they were added. */
  read(code: string): AsyncGenerator<string>;
  dispose(): Promise<void>;
}

/** UTF-16 units that are kept in memory; more go to the disk. */
const defaultLimit = 16_000_000;

/** An empty spool. */
export function createFindingSpool(limit = defaultLimit): FindingSpool {
  const waiting = new Map<string, string[]>();
  const onDisk = new Set<string>();
  let folder: Promise<TemporaryFolder> | null = null;
  let units = 0;
  // Appends follow one another, so that lines keep their order.
  let written: Promise<void> = Promise.resolve();

  const spill = async (full: readonly [string, string[]][]): Promise<void> => {
    folder ??= makeTemporaryFolder('lorch-findings-');
    const { path: dir } = await folder;
    for (const [code, lines] of full) {
      await appendFile(join(dir, code), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
      onDisk.add(code);
    }
  };

  return {
    add(code, line) {
      const lines = waiting.get(code);
      if (lines) lines.push(line);
      else waiting.set(code, [line]);
      units += line.length;
      if (units <= limit) return;
      const full = [...waiting];
      waiting.clear();
      units = 0;
      written = written.then(() => spill(full));
      return written;
    },
    async *read(code) {
      await written;
      if (onDisk.has(code) && folder) {
        const input = createReadStream(join((await folder).path, code), 'utf8');
        yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
      }
      yield* waiting.get(code) ?? [];
    },
    async dispose() {
      await written.catch(() => undefined);
      await (await folder)?.remove();
    },
  };
}
