// A file that bears its name only when it is whole: written beside its place and linked there, never over another.
import { randomUUID } from 'node:crypto';
import { access, type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';

export interface NewFile {
  path: string;
  /** A promise where the text must reach the disk first. */
  write(text: string): void | Promise<void>;
  /** Removes what was not published; call it in any case. */
  dispose(): Promise<void>;
  /** Everything on disk, the name not yet given. */
  finish(): Promise<void>;
  link(): Promise<void>;
}

/** Throws UserError D095 where one of the files exists. */
export async function refuseExisting(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists)
      throw new UserError('D095', `${path} exists already.`, {
        hint: 'name another file, or remove that one',
      });
  }
}

/** Starts a file, in a new folder if need be. Throws UserError D091 where it cannot be written. */
export async function openNewFile(path: string): Promise<NewFile> {
  const part = `${path}.${randomUUID().slice(0, 8)}.partial`;
  const file = await openPart(part, path);
  let text = '';
  let closed = false;
  const flush = async (): Promise<void> => {
    const full = text;
    text = '';
    await file.appendFile(full);
  };
  return {
    path,
    write(more) {
      text += more;
      if (text.length > 1 << 20) return flush();
    },
    async finish() {
      await flush();
      await file.sync();
    },
    async link() {
      await link(part, path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new UserError('D095', `${basename(path)} was made by someone else meanwhile.`, {
          hint: 'name another file',
        });
      });
    },
    async dispose() {
      if (closed) return;
      closed = true;
      await file.close();
      await rm(part, { force: true });
    },
  };
}

/** Gives all files their names, or none. Throws UserError D095. */
export async function publishAll(files: readonly NewFile[]): Promise<void> {
  for (const file of files) await file.finish();
  const linked: NewFile[] = [];
  try {
    for (const file of files) {
      await file.link();
      linked.push(file);
    }
  } catch (error) {
    for (const { path } of linked) await rm(path, { force: true });
    throw error;
  }
}

async function openPart(part: string, path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(part, 'wx');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('D091', `${path} cannot be written: ${reason}`, { exitCode: 3, cause: error });
  }
}
