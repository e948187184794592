// Facts of hub models, kept by commit, as what is read at a commit never changes; and what a branch stood for last.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { commitOf, isCommit } from './identifiers.ts';
import type { RepositoryFacts } from './model-source.ts';
import { writeCached } from './write-cached.ts';

const tensors = z.record(z.string(), z.object({ dtype: z.string(), shape: z.array(z.number()) })).nullable();
const text = z.string().nullable();
const card = z.object({
  licence: z.object({ id: z.string(), name: text, link: text }).nullable(),
  baseModels: z.array(z.string()),
});

const stored = z.object({
  lorch: z.literal(2),
  /** False: shapes and chat template were not asked for yet. */
  whole: z.boolean(),
  facts: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('model'),
      config: z.record(z.string(), z.unknown()),
      configText: z.string(),
      configSha256: z.string(),
      tensors,
      chatTemplate: z.object({ file: z.string(), names: z.array(z.string()) }).nullable(),
      card,
    }),
    z.object({ kind: z.literal('adapter'), adapterConfig: z.unknown(), tensors, card }),
  ]),
});

export interface FactsCache {
  /** The facts of a commit; null if they are not known, not whole though that is wanted, or not readable any more. */
  read(commit: string, whole: boolean): RepositoryFacts | null;
  write(commit: string, facts: RepositoryFacts, whole: boolean): void;
  /** The commit that a revision stood for when it was last asked for. */
  readRevision(revision: string): string | null;
  writeRevision(revision: string, commit: string): void;
}

/** The cache of one model under `cacheDir`, lorch's folder in the user's cache. */
export function openFactsCache(cacheDir: string, endpoint: string, model: string): FactsCache {
  const dir = join(cacheDir, 'models', encodeURIComponent(endpoint), model.replace('/', '--'));
  const refOf = (revision: string): string => join(dir, 'refs', encodeURIComponent(revision));
  return {
    read(commit, whole) {
      try {
        const found = stored.parse(JSON.parse(readFileSync(join(dir, `${commit}.json`), 'utf8')));
        return whole && !found.whole ? null : found.facts;
      } catch {
        return null;
      }
    },
    write: (commit, facts, whole) =>
      writeCached(join(dir, `${commit}.json`), JSON.stringify({ lorch: 2, whole, facts })),
    readRevision(revision) {
      if (isCommit(revision)) return revision;
      try {
        return commitOf(readFileSync(refOf(revision), 'utf8'));
      } catch {
        return null;
      }
    },
    writeRevision: (revision, commit) => writeCached(refOf(revision), commit),
  };
}
