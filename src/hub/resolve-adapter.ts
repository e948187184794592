// `user/name[@revision]` → the two files of an adapter on this machine, at one commit.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { adapterFiles } from './adapter-files.ts';
import { openFactsCache } from './facts-cache.ts';
import { openHubRepository } from './hub-client.ts';
import { type HubEnv, readHubEnvironment } from './hub-environment.ts';
import { isCommit, isRevision } from './identifiers.ts';
import { readRef, snapshotFolder } from './offline-model.ts';
import type { Patience } from './retry.ts';

export interface ResolveAdapterOptions extends Patience {
  env: HubEnv;
  /** lorch's cache folder. */
  cacheDir: string;
  /** Bytes of the weights that are being fetched. */
  onDownload?: (bytes: number, total: number) => void;
}

export interface HubAdapter {
  /** Absolute folder in a cache; its files are never changed. */
  dir: string;
  name: string;
  commit: string;
}

const longestName = 200;
const hubName = /^(?<name>[\w-][\w.-]*\/[\w-][\w.-]*)(?:@(?<revision>[\w][\w./-]*))?$/;

/** Name and revision of what is written like a hub id with an owner; null for anything else. */
export function parseAdapterName(text: string): { name: string; revision: string | null } | null {
  const { name, revision } = hubName.exec(text)?.groups ?? {};
  if (name === undefined || text.includes('..')) return null;
  if (name.length > longestName || (revision !== undefined && !isRevision(revision))) return null;
  return { name, revision: revision ?? null };
}

/**
 * Fetches what is not in a cache yet. Throws UserError M011–M013 (missing, gated, revision), P052 if there are no
 * safetensors weights, E040–E042 if the hub cannot answer or, offline, must not be asked.
 */
export async function resolveAdapter(
  name: string,
  revision: string | null,
  options: ResolveAdapterOptions,
): Promise<HubAdapter> {
  const hub = readHubEnvironment(options.env);
  const own = (commit: string) =>
    join(options.cacheDir, 'adapters', encodeURIComponent(hub.endpoint), name.replace('/', '--'), commit);
  const cached = (commit: string) => [own(commit), snapshotFolder(hub, name, commit)].find(isWhole);
  const facts = openFactsCache(options.cacheDir, hub.endpoint, name);
  const wanted = revision ?? 'main';
  if (hub.offline) {
    const full = isCommit(wanted) ? wanted : null;
    const commit = full ?? facts.readRevision(wanted) ?? readRef(hub, name, wanted);
    const dir = commit === null ? undefined : cached(commit);
    if (commit !== null && dir !== undefined) return { dir, name, commit };
    throw new UserError('E041', `offline, and the adapter ${name}@${wanted} is not in the cache`, {
      hint: `unset HF_HUB_OFFLINE, or run \`hf download ${name}\` with a network connection, or name a folder`,
      exitCode: 3,
    });
  }
  const repository = await openHubRepository(hub, name, revision, options);
  const { commit, files } = repository;
  facts.writeRevision(wanted, commit);
  const missing = adapterFiles.find((file) => !files.includes(file));
  if (missing) throw noAdapter(name, missing, files);
  const dir = cached(commit) ?? own(commit);
  for (const file of adapterFiles) {
    const target = join(dir, file);
    if (existsSync(target)) continue;
    await repository.download(file, target, file.endsWith('.json') ? undefined : options.onDownload);
  }
  return { dir, name, commit };
}

/** P052: the folder or repository is not an adapter whose weights can be read safely. */
export function noAdapter(name: string, missing: string, files: readonly string[]): UserError {
  const pickled = files.includes('adapter_model.bin');
  if (missing === 'adapter_model.safetensors' && pickled)
    return new UserError(
      'P052',
      `${name} contains pickled weights (adapter_model.bin), which lorch does not open`,
      {
        hint: 'a pickle can run code when it is read; if you trust the file, load it once with PEFT and save it again (safe_serialization=True)',
      },
    );
  return new UserError('P052', `${name} is not an adapter: it has no ${missing}`, {
    hint: 'an adapter of PEFT is a folder with adapter_config.json and adapter_model.safetensors',
  });
}

function isWhole(dir: string): boolean {
  return adapterFiles.every((file) => existsSync(join(dir, file)));
}
