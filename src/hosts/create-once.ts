import { link, mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../diagnostics/system-error.ts';
import { temporaryFor, writeTemporary, writeWhole } from './temporary.ts';

/** Makes a file of this machine in one step. False: it exists already; of many callers, one wins. */
export async function createOnce(file: string, text: string): Promise<boolean> {
  try {
    return await linkOnce(file, text);
  } catch (error) {
    // The folder that was made for it, unless somebody else uses it.
    await rmdir(dirname(file)).catch(() => undefined);
    throw error;
  }
}

async function linkOnce(file: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(file, text);
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    // Over NFS a lost reply makes a link that worked look like one that failed.
    if (systemCode(error) === 'EEXIST') return (await stat(temporary)).nlink === 2;
    return await createWithoutLinks(file, text);
  } finally {
    // Another controller may have taken it for a leftover of a killed one.
    await rm(temporary, { force: true });
  }
}

/**
 * Some file systems have no hard links. A folder with the file in it then takes the name: renaming a folder fails if
 * there is a file or a folder that holds something, so that one wins, and a half-written file is never visible.
 */
async function createWithoutLinks(file: string, text: string): Promise<boolean> {
  const folder = temporaryFor(file);
  await mkdir(folder, { mode: 0o700 });
  try {
    await writeWhole(join(folder, basename(file)), text);
    await rename(folder, file);
    return true;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (['ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EISDIR'].includes(systemCode(error))) return false;
    throw error;
  }
}
