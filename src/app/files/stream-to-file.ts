// Every run replaces its reports: they are written beside their place and moved there when complete.
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { failToWrite } from './new-file.ts';
import { keepTemporary, partialPath, removeStalePartials } from './temporary-files.ts';

const bufferUnits = 1 << 20;

type Fill = (write: (text: string) => void) => void | Promise<void>;

/** Writes a report and overwrites an existing one. `fill` is awaited. Throws UserError D091 if the file cannot be written. */
export async function streamToFile(path: string, fill: Fill): Promise<void> {
  const there = await stat(path).catch(() => null);
  // Write to a pipe or a device; never replace it.
  if (there && !there.isFile()) return await fillPart(path, path, fill);
  // Write to the target of a link, and keep the link.
  const place = there ? await realpath(path) : path;
  await removeStalePartials(place);
  const part = partialPath(place);
  const release = keepTemporary(part);
  try {
    await fillPart(part, place, fill);
  } finally {
    release();
  }
}

async function fillPart(part: string, path: string, fill: Fill): Promise<void> {
  const file = await openPart(part, path);
  try {
    let text = '';
    const flushed: { last: Promise<void> } = { last: Promise.resolve() };
    const flush = (): void => {
      const full = text;
      text = '';
      flushed.last = flushed.last.then(() => file.appendFile(full)).catch(failToWrite(path));
      // The error is reported only to the code that waits at the end.
      flushed.last.catch(() => undefined);
    };
    await fill((more) => {
      text += more;
      if (text.length > bufferUnits) flush();
    });
    flush();
    await flushed.last;
    await file.close();
    if (part !== path) await rename(part, path).catch(failToWrite(path));
  } catch (error) {
    await file.close().catch(() => undefined);
    if (part !== path) await rm(part, { force: true });
    throw error;
  }
}

async function openPart(part: string, path: string): Promise<FileHandle> {
  try {
    return await open(part, part === path ? 'w' : 'wx');
  } catch (error) {
    return failToWrite(path)(error);
  }
}
