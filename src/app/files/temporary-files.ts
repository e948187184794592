// What must not outlive the process: half-written files beside their places, and folders for the time of a command.
import { randomUUID } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isOwnerGone, ownerPattern, ownerTag } from './process-owner.ts';

const kept = new Set<string>();
let onGuard: (needed: boolean) => void = () => undefined;

/** Calls back whenever there begins, or ceases, to be something that must be removed if the process is told to end. */
export function guardTemporary(guard: (needed: boolean) => void): void {
  onGuard = guard;
}

/** Takes charge of a path until the returned function is called; the path may not exist yet. */
export function keepTemporary(path: string): () => void {
  kept.add(path);
  if (kept.size === 1) onGuard(true);
  return () => {
    if (kept.delete(path) && kept.size === 0) onGuard(false);
  };
}

/** Removes all that is kept, at once: for the moment before the process ends. */
export function removeTemporary(): void {
  for (const path of kept) rmSync(path, { recursive: true, force: true });
  // A file that another thread of Node was about to make appears now: nothing else runs in the meantime.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, inFlightMs);
  for (const path of kept) rmSync(path, { recursive: true, force: true });
  removeEmptyFolders();
}

const inFlightMs = 100;

// The innermost first.
const madeFolders: string[] = [];

/** Makes a folder, and those around it, for files that may yet come to nothing. */
export async function makeFolder(path: string): Promise<void> {
  const innermost = resolve(path);
  const outermost = await makeFolders(innermost);
  if (outermost === undefined) return;
  const made: string[] = [];
  for (let folder = innermost; folder.length >= outermost.length; folder = dirname(folder)) made.push(folder);
  madeFolders.unshift(...made);
}

// Node's own way down reports each failure of a read-only or failing disk as a folder that is not there.
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

/** Of the folders that were made, removes those in which nothing came to be. */
export function removeEmptyFolders(): void {
  for (const folder of madeFolders.splice(0))
    try {
      rmdirSync(folder);
    } catch (error) {
      // Others still write there, or have: asked again when they are done.
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

/** The name under which `path` is written until it is whole: it tells who writes it. */
export function partialPath(path: string): string {
  return `${path}.${ownerTag()}-${randomUUID().slice(0, 8)}.partial`;
}

const owned = new RegExp(`\\.(${ownerPattern})-[0-9a-f]{8}\\.partial$`);

/** Removes what killed processes left in the folder of `path`; what another machine or a living process writes stays. */
export async function removeStalePartials(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const owner = owned.exec(name)?.[1];
    if (owner !== undefined && isOwnerGone(owner)) await rm(join(folder, name), { force: true });
  }
}
