// A file that is written under another name and gets its own when it is whole; it never takes another file's place.
import { access, type FileHandle, link, open, rm } from 'node:fs/promises';
import { UserError } from '../../diagnostics/user-error.ts';

export interface PartFile {
  /** A promise where the disk is behind. */
  write(text: string): void | Promise<void>;
  publish(): Promise<void>;
  /** Removes what was not published. */
  dispose(): Promise<void>;
}

/** Opens a file to be made at `path`. Throws UserError D095 where one exists, D091 where none can be made. */
export async function openPartFile(path: string): Promise<PartFile> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw taken(path);
  const part = `${path}.partial`;
  let file: FileHandle;
  try {
    file = await open(part, 'w', 0o644);
  } catch (error) {
    throw new UserError('D091', `${path} cannot be written: ${(error as Error).message}`, {
      exitCode: 3,
      cause: error,
    });
  }
  let text = '';
  const flush = async (): Promise<void> => {
    const full = text;
    text = '';
    await file.appendFile(full);
  };
  return {
    write(more) {
      text += more;
      if (text.length > 1 << 20) return flush();
    },
    async publish() {
      await flush();
      await file.sync();
      await link(part, path).catch((error: unknown) => {
        throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(path) : error;
      });
    },
    async dispose() {
      await file.close();
      await rm(part, { force: true });
    },
  };
}

function taken(path: string): UserError {
  return new UserError('D095', `${path} exists already.`, { hint: 'name another file with -o' });
}
