// MODEL → its facts: a hub id, a folder, or a config.json.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { type ModelReading, readModelConfig } from '../model/read-config.ts';
import { readCachedFacts, writeCachedFacts } from './facts-cache.ts';
import { createHubClient } from './hub-client.ts';
import { type HubEnv, type HubEnvironment, readHubEnvironment } from './hub-environment.ts';
import { type ModelFiles, readConfigFile, readModelFolder } from './model-folder.ts';

export interface ResolvedModel extends ModelFiles {
  /** As it was named. */
  id: string;
  source: 'folder' | 'config' | 'hub';
  /** Absolute folder, or null for a hub model that the trainer downloads. */
  path: string | null;
  /** Commit of a hub model. */
  revision: string | null;
  reading: ModelReading;
}

export interface ResolveModelOptions {
  model: string;
  /** What relative paths are relative to: the workspace, or where the user stands. */
  baseDir: string;
  revision?: string | null;
  env: HubEnv;
  /** lorch's cache folder. */
  cacheDir: string;
  /** False saves the requests for tensor shapes (hub models only). */
  withTensors?: boolean;
  signal?: AbortSignal;
}

const hubId = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/** Throws UserError M010–M015 for what is wrong with the model, E040 and E041 where the hub cannot answer. */
export async function resolveModel(options: ResolveModelOptions): Promise<ResolvedModel> {
  const { model, baseDir, env } = options;
  const path = localPath(model, baseDir, env);
  if (path) return readLocal(model, path, options.revision ?? null);
  if (!hubId.test(model) || model.includes('..')) throw notFound(model, baseDir);
  const hub = readHubEnvironment(env);
  if (hub.offline) return readCachedModel(options, hub);
  const { commit, files } = await readHubModel(options, hub);
  return {
    ...files,
    id: model,
    source: 'hub',
    path: null,
    revision: commit,
    reading: readModelConfig(files.config),
  };
}

/** What exists, or is written like a path, is one; everything else is a hub id. */
function localPath(model: string, baseDir: string, env: HubEnv): string | null {
  const expanded = /^~(?=$|[/\\])/.test(model) ? join(env.HOME || homedir(), model.slice(1)) : model;
  const path = resolve(baseDir, expanded);
  if (existsSync(path)) return path;
  if (/^[./~]|^[A-Za-z]:[/\\]|\.json$/.test(model)) throw notFound(model, baseDir);
  return null;
}

function notFound(model: string, baseDir: string): UserError {
  return new UserError('M011', `there is no model at ${model}`, {
    hint: `looked in ${baseDir}; MODEL is a hub id (owner/name), a folder with config.json, or a config.json`,
  });
}

function readLocal(model: string, path: string, revision: string | null): ResolvedModel {
  if (revision !== null) {
    throw new UserError('M013', `revision ${revision} makes no sense for the local model ${model}`, {
      hint: 'leave revision out: a folder has no history',
    });
  }
  const isFolder = statSync(path).isDirectory();
  const files = isFolder ? readModelFolder(path) : { ...readConfigFile(path), tensors: null };
  const source = isFolder ? 'folder' : 'config';
  const folder = isFolder ? path : dirname(path);
  return {
    ...files,
    id: model,
    source,
    path: folder,
    revision: null,
    reading: readModelConfig(files.config),
  };
}

async function readHubModel(
  options: ResolveModelOptions,
  hub: HubEnvironment,
): Promise<{ commit: string; files: ModelFiles }> {
  const { model, cacheDir, signal, withTensors = true } = options;
  const client = createHubClient(hub, signal);
  const commit = await client.resolveRevision(model, options.revision ?? null);
  const cached = readCachedFacts(cacheDir, hub.endpoint, model, commit);
  if (cached && (cached.hasTensors || !withTensors)) {
    const { config, configSha256, tensors } = cached;
    return { commit, files: { config, configSha256, tensors } };
  }
  const config = cached ?? (await client.readConfig(model, commit));
  const tensors = withTensors ? await client.readTensors(model, commit) : null;
  const files = { config: config.config, configSha256: config.configSha256, tensors };
  writeCachedFacts(cacheDir, hub.endpoint, model, commit, files, withTensors);
  return { commit, files };
}

/** The snapshot that `transformers` would load offline. */
function readCachedModel(options: ResolveModelOptions, hub: HubEnvironment): ResolvedModel {
  const { model, revision } = options;
  const repository = join(hub.cacheDir, `models--${model.replace('/', '--')}`);
  const commit = readRef(repository, revision ?? 'main');
  const snapshot = commit === null ? null : join(repository, 'snapshots', commit);
  if (commit === null || snapshot === null || !existsSync(join(snapshot, 'config.json'))) {
    const what = commit === null ? `${model}@${revision ?? 'main'}` : `config.json of ${model}@${commit}`;
    throw new UserError('E041', `offline, and ${what} is not in ${hub.cacheDir}`, {
      hint: `unset HF_HUB_OFFLINE, or run \`hf download ${model}\` where there is a network, or name a folder`,
      exitCode: 3,
    });
  }
  const files = readModelFolder(snapshot);
  // The trainer finds the snapshot by id and revision itself.
  return {
    ...files,
    id: model,
    source: 'hub',
    path: null,
    revision: commit,
    reading: readModelConfig(files.config),
  };
}

function readRef(repository: string, revision: string): string | null {
  if (/^[0-9a-f]{40}$/.test(revision) && existsSync(join(repository, 'snapshots', revision))) return revision;
  if (revision.split('/').includes('..')) return null;
  try {
    return readFileSync(join(repository, 'refs', revision), 'utf8').trim();
  } catch {
    return null;
  }
}
