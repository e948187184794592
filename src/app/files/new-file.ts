// A file that must not exist yet. It is written beside its place and linked there when complete, so that the name never
// refers to a partial file and no file is overwritten.
import { createHash } from 'node:crypto';
import { access, type FileHandle, link, open, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isMisnamed, systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { announce, takeBackUnfinished } from './publishing.ts';
import {
  keepTemporary,
  makeFolder,
  partialPath,
  removeEmptyFolders,
  removeStalePartials,
} from './temporary-files.ts';

export interface NewFile {
  path: string;
  /** Returns a promise if a buffer went to the disk. */
  write(data: string | Uint8Array): void | Promise<void>;
  /** Writes everything to the disk; the file does not have its name yet. */
  finish(): Promise<void>;
  /** SHA-256 (hex) of the file; call it once, after everything is written. */
  sha256(): string;
  /** Finishes and publishes the file. Throws UserError D095 if another process made the file meanwhile. */
  publish(): Promise<void>;
  /** Other files that `publish` publishes, too. */
  beside?(): readonly string[];
  /** Closes, and removes what was not published. Always call it. */
  dispose(): Promise<void>;
}

const bufferBytes = 1 << 20;

/** Opens `path` for writing, in a new folder if need be. Throws UserError D095 if it exists, D091 if it cannot be written. */
export async function openNewFile(path: string, mode = 0o666): Promise<NewFile> {
  await refuseExisting(path);
  const part = partialPath(path);
  const release = keepTemporary(part);
  const file = await openPart(part, path, mode).catch((error: unknown) => {
    release();
    throw error;
  });
  const hash = createHash('sha256');
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  // Appends run one after the other, so that the bytes keep their order.
  let appended: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    const full = Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
    appended = appended.then(() => file.appendFile(full)).catch(failToWrite(path));
    return appended;
  };
  const finish = async (): Promise<void> => {
    await flush();
    await file.sync().catch(failToWrite(path));
  };
  return {
    path,
    finish,
    sha256: () => hash.digest('hex'),
    write(data) {
      const chunk = typeof data === 'string' ? Buffer.from(data) : data;
      hash.update(chunk);
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes > bufferBytes) return flush();
    },
    async publish() {
      await finish();
      await link(part, path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return failToWrite(path)(error);
        throw new UserError('D095', `${basename(path)} was created by another program in the meantime.`, {
          hint,
        });
      });
    },
    async dispose() {
      await appended.catch(() => undefined);
      // A failure here does not affect published files; the next command that writes there tries again.
      await file.close().catch(() => undefined);
      await rm(part, { force: true }).catch(() => undefined);
      removeEmptyFolders();
      release();
    },
  };
}

const hint = 'name another file, or remove that one';

export interface OpenFiles {
  /** Registers a file that is being opened. */
  add<T extends Pick<NewFile, 'dispose'>>(opening: Promise<T>): Promise<T>;
  /** Disposes of all that were opened. */
  dispose(): Promise<void>;
}

/** A group of files: if one cannot be opened, `dispose` still removes the others. */
export function createOpenFiles(): OpenFiles {
  const files: Pick<NewFile, 'dispose'>[] = [];
  return {
    async add(opening) {
      const file = await opening;
      files.push(file);
      return file;
    },
    async dispose() {
      for (const file of files.splice(0)) await file.dispose();
    },
  };
}

/** Publishes all files in order, or none. The dataset is last, so if it exists, all files exist. */
export async function publishAll(
  files: readonly Pick<NewFile, 'path' | 'finish' | 'publish' | 'beside'>[],
): Promise<void> {
  for (const file of files) await file.finish();
  const announced = await announce(files.flatMap(({ path, beside }) => [...(beside?.() ?? []), path])).catch(
    failToWrite(files.at(-1)?.path ?? ''),
  );
  const published: { path: string; release: () => void }[] = [];
  try {
    for (const file of files) {
      await file.publish();
      for (const path of [file.path, ...(file.beside?.() ?? [])])
        published.push({ path, release: keepTemporary(path) });
    }
  } catch (error) {
    // On a disk that has become read-only, they stay together with their list, and the next command removes them.
    for (const { path } of published) await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    for (const { release } of published) release();
    await announced();
  }
}

/** A new file with one text. Throws UserError D095 if it exists, D091 if it cannot be written. */
export async function writeNewFile(path: string, text: string, mode?: number): Promise<void> {
  const file = await openNewFile(path, mode);
  try {
    await file.write(text);
    await file.publish();
  } finally {
    await file.dispose();
  }
}

/** Throws UserError D095 if `path` exists. */
export async function refuseExisting(path: string): Promise<void> {
  await takeBackUnfinished(path);
  // Clean up before the refusal, so that a refused command leaves the folder clean, too.
  await removeStalePartials(path);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UserError('D095', `${path} already exists.`, { hint });
}

async function openPart(part: string, path: string, mode: number): Promise<FileHandle> {
  try {
    await openFolder(dirname(path));
    return await open(part, 'wx', mode);
  } catch (error) {
    return failToWrite(path)(error);
  }
}

async function openFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new UserError('D091', `${path} cannot be used as a folder: it, or a part of its path, is a file.`, {
      hint: 'name a folder, or a file in one',
      cause: error,
    });
  }
}

/** Turns the system's error into UserError D091 if `path` cannot be written. */
export function failToWrite(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UserError) throw error;
    const exitCode = isMisnamed(error) ? 2 : 3;
    throw new UserError('D091', `${path} cannot be written: ${systemReason(error)}.`, {
      exitCode,
      cause: error,
    });
  };
}
