// A hub model without the hub: the snapshot that `transformers` would load, or the facts that lorch kept.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { openFactsCache } from './facts-cache.ts';
import type { HubEnvironment } from './hub-environment.ts';
import { commitOf, isCommit, isRevision } from './identifiers.ts';
import { missingWeights, openModelFolder } from './model-folder.ts';
import { type RepositoryFacts, readRepository } from './model-source.ts';

export interface OfflineModel {
  commit: string;
  facts: RepositoryFacts;
  /** Files that training needs and that are not on this machine. */
  lacking: string[];
}

/** `factsDir`: lorch's cache, or null if facts alone are of no use. Throws UserError E041, naming what is not there. */
export async function readOfflineModel(
  model: string,
  revision: string | null,
  hub: HubEnvironment,
  whole: boolean,
  factsDir: string | null,
): Promise<OfflineModel> {
  const wanted = revision ?? 'main';
  const repository = repositoryFolder(hub, model);
  const commit = readRef(hub, model, wanted);
  const snapshot = commit === null ? null : join(repository, 'snapshots', commit);
  if (commit !== null && snapshot !== null && hasConfig(snapshot)) {
    const lacking = existsSync(join(snapshot, 'config.json')) ? missingWeights(snapshot) : [];
    const source = openModelFolder(snapshot, `${model}@${commit}`);
    const readable = lacking.length === 0 ? source : { ...source, files: withoutWeights(source.files) };
    return { commit, facts: await readRepository(readable, whole), lacking };
  }
  const kept = factsDir === null ? null : readKept(model, revision, hub, factsDir, whole);
  if (kept) return { ...kept, lacking: ['config.json', 'the weights', 'the tokenizer'] };
  const what = commit === null ? `${model}@${wanted}` : `config.json of ${model}@${commit}`;
  throw new UserError('E041', `offline, and ${what} is not in ${hub.cacheDir}`, {
    hint: `unset HF_HUB_OFFLINE, or run \`hf download ${model}\` with a network connection, or name a folder`,
    exitCode: 3,
  });
}

/** The folder of one commit in the hub's cache, whether it is there or not. */
export function snapshotFolder(hub: HubEnvironment, model: string, commit: string): string {
  return join(repositoryFolder(hub, model), 'snapshots', commit);
}

function repositoryFolder({ cacheDir }: HubEnvironment, model: string): string {
  return join(cacheDir, `models--${model.replace('/', '--')}`);
}

function hasConfig(snapshot: string): boolean {
  return ['config.json', 'adapter_config.json'].some((file) => existsSync(join(snapshot, file)));
}

/** Shapes of a partial model would be taken for those of the whole. */
function withoutWeights(files: readonly string[]): string[] {
  return files.filter((file) => !/\.safetensors(\.index\.json)?$/.test(file));
}

function readKept(
  model: string,
  revision: string | null,
  hub: HubEnvironment,
  cacheDir: string,
  whole: boolean,
): { commit: string; facts: RepositoryFacts } | null {
  const cache = openFactsCache(cacheDir, hub.endpoint, model);
  const commit = cache.readRevision(revision ?? 'main');
  const facts = commit === null ? null : cache.read(commit, whole);
  return commit === null || facts === null ? null : { commit, facts };
}

/** The commit that a branch or tag stood for when it was last fetched; null if the cache does not say. */
export function readRef(hub: HubEnvironment, model: string, revision: string): string | null {
  const repository = repositoryFolder(hub, model);
  if (isCommit(revision) && existsSync(join(repository, 'snapshots', revision))) return revision;
  if (!isRevision(revision)) return null;
  try {
    return commitOf(readFileSync(join(repository, 'refs', revision), 'utf8'));
  } catch {
    return null;
  }
}
