// What was fetched of the hub's datasets, by commit: files, the list of files, and what a branch stood for last.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { HubEnvironment } from './hub-environment.ts';
import { commitOf, isCommit, isInnerPath } from './identifiers.ts';
import { writeCached } from './write-cached.ts';

export interface DatasetCache {
  /** Where a file of a commit lies, or shall lie. Files that `hf download` fetched are found, too. */
  fileOf(commit: string, path: string): { path: string; exists: boolean };
  readList(commit: string): string[] | null;
  writeList(commit: string, files: readonly string[]): void;
  /** The commit that a revision stood for when it was last asked for. */
  readRevision(revision: string): string | null;
  writeRevision(revision: string, commit: string): void;
}

const list = z.array(z.string());

/** The cache of one dataset under `cacheDir`, lorch's folder in the user's cache. */
export function openDatasetCache(cacheDir: string, hub: HubEnvironment, name: string): DatasetCache {
  const dir = join(cacheDir, 'datasets', encodeURIComponent(hub.endpoint), name.replace('/', '--'));
  const shared = join(hub.cacheDir, `datasets--${name.replace('/', '--')}`);
  const refOf = (revision: string): string => join(dir, 'refs', encodeURIComponent(revision));
  return {
    fileOf(commit, path) {
      const snapshot = join(shared, 'snapshots', commit, path);
      if (existsSync(snapshot)) return { path: snapshot, exists: true };
      const own = join(dir, commit, 'files', path);
      return { path: own, exists: existsSync(own) };
    },
    readList(commit) {
      const text = read(join(dir, commit, 'files.json'));
      return text === null ? null : (list.safeParse(parse(text)).data?.filter(isInnerPath) ?? null);
    },
    writeList: (commit, files) => writeCached(join(dir, commit, 'files.json'), JSON.stringify(files)),
    readRevision(revision) {
      if (isCommit(revision)) return revision;
      return commitOf(read(refOf(revision))) ?? commitOf(read(join(shared, 'refs', revision)));
    },
    writeRevision: (revision, commit) => writeCached(refOf(revision), commit),
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
