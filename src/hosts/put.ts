import { randomBytes } from 'node:crypto';
import { rename, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../diagnostics/system-error.ts';
import { writeTemporary } from './temporary.ts';

/** Makes or replaces a file of this machine in one step. */
export async function put(file: string, text: string): Promise<void> {
  await takeName(await writeTemporary(file, text), file);
}

/** Gives a finished file its name. If that fails, it is removed. */
export async function takeName(temporary: string, file: string): Promise<void> {
  try {
    await rename(temporary, file).catch(async (error: unknown) => {
      if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error))) throw error;
      // Without hard links it was made as a folder with the file in it (create-once.ts).
      const inside = join(file, basename(file));
      if (await stat(inside).catch(() => null)) return await rename(temporary, inside);
      // Any other folder in its place holds nothing that lorch reads; it is kept under another name.
      await rename(file, `${file}.damaged-${randomBytes(3).toString('hex')}`);
      await rename(temporary, file);
    });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
