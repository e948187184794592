// Files that must not outlive the process: partial files beside their places, and folders that a command needs while it runs.
import { randomUUID } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isOwnerGone, ownerPattern, ownerTag } from './process-owner.ts';

const kept = new Set<string>();
let onGuard: (needed: boolean) => void = () => undefined;

/** Calls back when there is a first file to remove if the process is told to end, and when there is none any more. */
export function guardTemporary(guard: (needed: boolean) => void): void {
  onGuard = guard;
}

/** Registers a path for removal until the returned function is called; the path need not exist yet. */
export function keepTemporary(path: string): () => void {
  kept.add(path);
  if (kept.size === 1) onGuard(true);
  return () => {
    if (kept.delete(path) && kept.size === 0) onGuard(false);
  };
}

/** Removes all registered paths synchronously, just before the process ends. */
export function removeTemporary(): void {
  for (const path of kept) rmSync(path, { recursive: true, force: true });
  // A file that another Node thread was about to create appears now, because no other code runs meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, inFlightMs);
  for (const path of kept) rmSync(path, { recursive: true, force: true });
  removeEmptyFolders();
}

const inFlightMs = 100;

// Innermost first.
const madeFolders: string[] = [];

/** Makes a folder and its parents for files that may fail to be written. */
export async function makeFolder(path: string): Promise<void> {
  const innermost = resolve(path);
  const outermost = await makeFolders(innermost);
  if (outermost === undefined) return;
  const made: string[] = [];
  for (let folder = innermost; folder.length >= outermost.length; folder = dirname(folder)) made.push(folder);
  madeFolders.unshift(...made);
}

// Node's recursive mkdir reports every failure of a read-only or failing disk as a missing folder.
async function makeFolders(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const outer = await makeFolders(dirname(path));
    await mkdir(path);
    return outer ?? path;
  }
}

/** Removes the folders that were made and are still empty. */
export function removeEmptyFolders(): void {
  for (const folder of madeFolders.splice(0))
    try {
      rmdirSync(folder);
    } catch (error) {
      // Other files are there or still being written; try again when they are done.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') madeFolders.push(folder);
    }
}

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new folder that only this user can read. */
export async function makeTemporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const release = keepTemporary(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      release();
    },
  };
}

/** The temporary name of `path` until it is complete; it identifies the writing process. */
export function partialPath(path: string): string {
  return `${path}.${ownerTag()}-${randomUUID().slice(0, 8)}.partial`;
}

const owned = new RegExp(`\\.(${ownerPattern})-[0-9a-f]{8}\\.partial$`);

/** Removes what killed processes left in the folder of `path`; files of other machines and of running processes stay. */
export async function removeStalePartials(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const owner = owned.exec(name)?.[1];
    if (owner !== undefined && isOwnerGone(owner)) await rm(join(folder, name), { force: true });
  }
}
