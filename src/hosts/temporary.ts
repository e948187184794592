// Files that are written whole before they get their name.
import { randomBytes } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namingFile } from '../diagnostics/system-failure.ts';

/** A name that nobody reads, in the folder of `file`; it tells which process made it (supervise/sweep-temporary.ts). */
export function temporaryFor(file: string): string {
  return join(dirname(file), `.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
}

/** A new file with `text`, complete and on disk. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await unlink(path).catch(() => undefined);
    namingFile(path)(error);
  } finally {
    await handle.close();
  }
}

/** Writes what `file` is to hold beside it, and returns the name. */
export async function writeTemporary(file: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = temporaryFor(file);
  await writeWhole(temporary, text);
  return temporary;
}
