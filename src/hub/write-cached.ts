import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Keeps a text in the cache, whole or not at all. A cache that cannot be written is not an error: the next run asks the hub. */
export function writeCached(path: string, text: string): void {
  const partial = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(partial, text);
    renameSync(partial, path);
  } catch {
    try {
      rmSync(partial, { force: true });
    } catch {
      // A disk that cannot be changed keeps its files.
    }
  }
}
