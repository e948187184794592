// Facts of hub models, kept by commit: config and tensor shapes never change under one.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelFiles } from './model-folder.ts';

const stored = z.object({
  lorch: z.literal(1),
  config: z.record(z.string(), z.unknown()),
  configSha256: z.string(),
  tensors: z.record(z.string(), z.object({ dtype: z.string(), shape: z.array(z.number()) })).nullable(),
  /** False: the tensors were not asked for yet. */
  hasTensors: z.boolean(),
});

export type CachedFacts = z.infer<typeof stored>;

function folderOf(cacheDir: string, endpoint: string, model: string): string {
  return join(cacheDir, 'models', encodeURIComponent(endpoint), model.replace('/', '--'));
}

/** The facts of a commit, or null where they are not known yet (or not readable any more). */
export function readCachedFacts(
  cacheDir: string,
  endpoint: string,
  model: string,
  commit: string,
): CachedFacts | null {
  try {
    const path = join(folderOf(cacheDir, endpoint, model), `${commit}.json`);
    return stored.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Keeps the facts of a commit; a cache that cannot be written is no failure. */
export function writeCachedFacts(
  cacheDir: string,
  endpoint: string,
  model: string,
  commit: string,
  files: ModelFiles,
  hasTensors: boolean,
): void {
  const dir = folderOf(cacheDir, endpoint, model);
  const path = join(dir, `${commit}.json`);
  const partial = `${path}.${process.pid}`;
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(partial, JSON.stringify({ lorch: 1, ...files, hasTensors }));
    renameSync(partial, path);
  } catch {
    // The next run asks the hub again.
  }
}
