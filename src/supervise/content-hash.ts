// What files hold, as SHA-256. A base model has many GB, so that a hash is kept as long as its file is as it was.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { hashFile } from '../hosts/hash-file.ts';
import { userCacheDir } from '../python/cache-dir.ts';
import { replaceCacheFile } from '../python/cache-file.ts';
import type { SuperviseDeps } from './deps.ts';

export interface HashedFile {
  path: string;
  /** Within its folder, with `/`. */
  name: string;
  bytes: number;
  sha256: string;
}

const known = z.record(
  z.string(),
  z.object({ bytes: z.number(), modified_ms: z.number(), inode: z.number(), sha256: z.string() }),
);

/** The files of a folder that `wanted` takes by their name, in order. Links are followed to files. */
export async function hashFolder(
  { env }: Pick<SuperviseDeps, 'env'>,
  dir: string,
  wanted: (name: string) => boolean = () => true,
): Promise<HashedFile[]> {
  const cache = join(userCacheDir(env), 'hashes', `${createHash('sha256').update(dir).digest('hex')}.json`);
  const before = readKnown(cache);
  const now: z.infer<typeof known> = {};
  const files: HashedFile[] = [];
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(dir, path);
    if (entry.isDirectory() || !wanted(name)) continue;
    const facts = await stat(path);
    if (!facts.isFile()) continue;
    const seen = { bytes: facts.size, modified_ms: facts.mtimeMs, inode: facts.ino };
    const same = before[name];
    const fits =
      same?.bytes === seen.bytes && same.modified_ms === seen.modified_ms && same.inode === seen.inode;
    const sha256 = fits ? same.sha256 : await hashFile(path);
    now[name] = { ...seen, sha256 };
    files.push({ path, name, bytes: facts.size, sha256 });
  }
  if (files.some(({ name, sha256 }) => before[name]?.sha256 !== sha256)) remember(cache, now);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One hash for a folder: its names, and what they hold. */
export function hashOfFolder(files: readonly HashedFile[]): string {
  const content = files.map(({ name, sha256 }) => [name, sha256]);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function readKnown(cache: string): z.infer<typeof known> {
  try {
    return known.parse(JSON.parse(readFileSync(cache, 'utf8')));
  } catch {
    return {};
  }
}

function remember(cache: string, found: z.infer<typeof known>): void {
  try {
    replaceCacheFile(cache, JSON.stringify(found));
  } catch {
    // It is computed again the next time.
  }
}
