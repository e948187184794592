// Publishes files together, although the process may be killed in between. While it works, a list of the files is
// beside them. The next command that finds the list of a dead process removes the files that were already published.
import { randomUUID } from 'node:crypto';
import { lstat, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isOwnerGone, ownerPattern, ownerTag } from './process-owner.ts';
import { keepTemporary } from './temporary-files.ts';

const listName = new RegExp(`\\.(${ownerPattern})-[0-9a-f]{8}\\.publishing$`);

/** Writes the list, once in each of the folders; the returned function removes it. The last path is the dataset. */
export async function announce(paths: readonly string[]): Promise<() => Promise<void>> {
  const last = paths.at(-1) ?? '';
  const id = randomUUID().slice(0, 8);
  const folders = [...new Set(paths.map(dirname))];
  const lists = folders.map((folder) => join(folder, `.${basename(last)}.${ownerTag()}-${id}.publishing`));
  const releases = lists.map(keepTemporary);
  const remove = async (): Promise<void> => {
    // If the list stays, the next command removes it, because it names its process.
    for (const list of lists) await rm(list, { force: true }).catch(() => undefined);
    for (const release of releases) release();
  };
  try {
    for (const list of lists) {
      const file = await open(list, 'wx', 0o600);
      try {
        await file.writeFile(JSON.stringify(paths));
        await file.sync();
      } finally {
        await file.close();
      }
    }
    return remove;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Removes incomplete sets of files that a dead process published in the folder of `path`. Complete sets stay. */
export async function takeBackUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = listName.exec(name)?.[1];
    if (owner === undefined || !isOwnerGone(owner)) continue;
    const list = join(folder, name);
    const paths = await readList(list);
    const last = paths.at(-1);
    const whole = last !== undefined && (await isPublishedBy(last, owner));
    for (const each of paths) {
      if (!whole && (await isPublishedBy(each, owner))) await rm(each, { force: true });
      for (const part of await partsOf(each, owner)) await rm(part, { force: true });
    }
    await rm(list, { force: true });
  }
}

async function readList(list: string): Promise<string[]> {
  try {
    const paths: unknown = JSON.parse(await readFile(list, 'utf8'));
    return Array.isArray(paths) ? paths.filter((each) => typeof each === 'string') : [];
  } catch {
    // The process was killed while it wrote the list, so nothing was published.
    return [];
  }
}

// A published file is a hard link to its temporary file; a file of another program is not.
async function isPublishedBy(path: string, owner: string): Promise<boolean> {
  const there = await lstat(path).catch(() => null);
  if (!there) return false;
  for (const part of await partsOf(path, owner)) {
    const found = await lstat(part).catch(() => null);
    if (found && found.ino === there.ino && found.dev === there.dev) return true;
  }
  return false;
}

async function partsOf(path: string, owner: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => []);
  const start = `${basename(path)}.${owner}-`;
  return names
    .filter((name) => name.startsWith(start) && /^[0-9a-f]{8}\.partial$/.test(name.slice(start.length)))
    .map((name) => join(dirname(path), name));
}
