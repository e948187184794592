// MODEL → its facts: a hub id, a folder, or a config.json.
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { type AdapterFacts, readAdapterConfig } from '../model/adapter-config.ts';
import type { ModelCard } from '../model/model-card.ts';
import { type ModelReading, readModelConfig } from '../model/read-config.ts';
import { openFactsCache } from './facts-cache.ts';
import { openHubRepository } from './hub-client.ts';
import { type HubEnv, type HubEnvironment, readHubEnvironment } from './hub-environment.ts';
import { isRevision } from './identifiers.ts';
import { openModelFolder } from './model-folder.ts';
import {
  asConfig,
  type ModelFiles,
  parseJsonObject,
  type RepositoryFacts,
  readRepository,
} from './model-source.ts';
import { readOfflineModel } from './offline-model.ts';
import { readDescription } from './read-description.ts';
import type { Patience } from './retry.ts';

interface Place {
  /** As it was named. */
  id: string;
  source: 'folder' | 'config' | 'hub';
  /** Absolute folder, or null for a hub model that the trainer downloads. */
  path: string | null;
  /** Commit of a hub model. */
  revision: string | null;
  /** Offline: files that training needs and that are not on this machine. */
  lacking: string[];
}

export interface ResolvedModel extends Place, ModelFiles {
  kind: 'model';
  reading: ModelReading;
}

export interface ResolvedAdapter extends Place {
  kind: 'adapter';
  adapter: AdapterFacts;
  card: ModelCard;
}

export interface ResolveModelOptions extends Patience {
  model: string;
  /** What relative paths are relative to: the workspace, or where the user stands. */
  baseDir: string;
  revision?: string | null;
  env: HubEnv;
  /** lorch's cache folder. */
  cacheDir: string;
  /** False saves the requests for tensor shapes and chat template (hub models only). */
  withTensors?: boolean;
  /** Offline, the facts that lorch kept are enough: nothing is to be loaded. */
  factsSuffice?: boolean;
}

const longestName = 200;
const hubId = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/** A base model. Throws as resolveRepository does, and UserError M010 for an adapter, naming its base. */
export async function resolveModel(options: ResolveModelOptions): Promise<ResolvedModel> {
  const resolved = await resolveRepository(options);
  if (resolved.kind === 'model') return resolved;
  const base = resolved.adapter.base_model;
  const goOn = `; to train this adapter further, write \`init_adapter: ${resolved.id}\` beside base_model`;
  throw new UserError('M010', `${resolved.id} is an adapter, not a base model`, {
    hint: base
      ? `it was trained on ${base}: name that${goOn}`
      : `name the base model that the adapter was trained on${goOn}`,
  });
}

/** A base model or an adapter. Throws UserError M010–M015, M040, and E040–E042 if the hub cannot answer. */
export async function resolveRepository(
  options: ResolveModelOptions,
): Promise<ResolvedModel | ResolvedAdapter> {
  const { model, baseDir, env, withTensors = true, factsSuffice = false } = options;
  const revision = options.revision ?? null;
  const path = localPath(model, baseDir, env);
  if (path) return readLocal(model, path, revision);
  if (!hubId.test(model) || model.includes('..') || model.length > longestName)
    throw notFound(model, baseDir);
  if (revision !== null && !isRevision(revision))
    throw new UserError('M013', `${JSON.stringify(revision)} cannot be a revision of ${model}`, {
      hint: 'a revision is a branch, a tag or a commit',
    });
  const hub = readHubEnvironment(env);
  const { commit, facts, lacking } = hub.offline
    ? await readOfflineModel(model, revision, hub, withTensors, factsSuffice ? options.cacheDir : null)
    : await readHubModel(options, hub);
  return placed({ id: model, source: 'hub', path: null, revision: commit, lacking }, facts);
}

function placed(place: Place, facts: RepositoryFacts): ResolvedModel | ResolvedAdapter {
  if (facts.kind === 'model') return { ...place, ...facts, reading: readModelConfig(facts.config) };
  const { adapterConfig, tensors, card } = facts;
  const adapter = readAdapterConfig(adapterConfig, tensors, `adapter_config.json of ${place.id}`);
  return { ...place, kind: 'adapter', adapter, card };
}

/** What exists, or is written like a path, is one; everything else is a hub id. */
function localPath(model: string, baseDir: string, env: HubEnv): string | null {
  const { path, certain } = modelPath(model, baseDir, env);
  if (existsSync(path)) return path;
  if (certain) throw notFound(model, baseDir);
  return null;
}

/** The path that `model` would be, and whether it is written as no hub id can be. */
export function modelPath(model: string, baseDir: string, env: HubEnv): { path: string; certain: boolean } {
  const expanded = /^~(?=$|[/\\])/.test(model) ? join(env.HOME || homedir(), model.slice(1)) : model;
  return { path: resolve(baseDir, expanded), certain: /^[./~]|^[A-Za-z]:[/\\]|\.json$/.test(model) };
}

function notFound(model: string, baseDir: string): UserError {
  return new UserError('M011', `there is no model at ${model}`, {
    hint: `looked in ${baseDir}; MODEL is a hub id (owner/name), a folder with config.json, or a config.json`,
  });
}

async function readLocal(
  id: string,
  path: string,
  revision: string | null,
): Promise<ResolvedModel | ResolvedAdapter> {
  if (revision !== null) {
    throw new UserError('M013', `the local model ${id} cannot have a revision (${revision})`, {
      hint: 'leave revision out: a folder has no history',
    });
  }
  const place = { id, revision: null, lacking: [] };
  if (statSync(path).isDirectory())
    return placed({ ...place, source: 'folder', path }, await readRepository(openModelFolder(path), true));
  const parsed = parseJsonObject(readDescription(path), path);
  const card = { licence: null, baseModels: [] };
  const facts: RepositoryFacts =
    basename(path) === 'adapter_config.json'
      ? { kind: 'adapter', adapterConfig: parsed.value, tensors: null, card }
      : { kind: 'model', ...asConfig(parsed), tensors: null, chatTemplate: null, card };
  return placed({ ...place, source: 'config', path: dirname(path) }, facts);
}

async function readHubModel(
  options: ResolveModelOptions,
  hub: HubEnvironment,
): Promise<{ commit: string; facts: RepositoryFacts; lacking: string[] }> {
  const { model, cacheDir, withTensors = true } = options;
  const revision = options.revision ?? null;
  const repository = await openHubRepository(hub, model, revision, options);
  const { commit } = repository;
  const cache = openFactsCache(cacheDir, hub.endpoint, model);
  cache.writeRevision(revision ?? 'main', commit);
  const kept = cache.read(commit, withTensors);
  if (kept) return { commit, facts: kept, lacking: [] };
  const facts = await readRepository(repository, withTensors);
  cache.write(commit, facts, withTensors);
  return { commit, facts, lacking: [] };
}
