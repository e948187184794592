// The base model of a config: its folder or its pinned revision, and what its config.json says.
import type { RunConfig } from '../../config/schema/run.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { type ResolvedModel, resolveModel } from '../../hub/resolve-model.ts';
import { readModelConfig } from '../../model/read-config.ts';

export interface BaseRequest {
  workspace: { root: string; cacheDir: string };
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
}

/** Resolves `base_model`. Throws UserError M010–M013, P010, and E0xx if the hub cannot be asked or, offline, files are missing. */
export async function resolveBase(config: RunConfig, request: BaseRequest): Promise<ResolvedModel> {
  const model = await resolveModel({
    model: config.base_model,
    baseDir: request.workspace.root,
    revision: config.revision ?? null,
    env: request.env,
    cacheDir: request.workspace.cacheDir,
    withTensors: false,
    ...(request.signal ? { signal: request.signal } : {}),
  }).catch((error: unknown) => {
    // A name that looks like a hub id is often a folder that does not exist yet.
    if (!(error instanceof UserError) || error.code !== 'E040') throw error;
    throw new UserError(error.code, error.message, {
      hint: `there is no folder ${config.base_model} in ${request.workspace.root} either; ${error.hint}`,
      exitCode: error.exitCode,
      cause: error,
    });
  });
  if (model.source === 'config')
    throw new UserError('P010', `${config.base_model} is a config without weights`, {
      hint: 'base_model names a hub id or a folder; `lorch model show` takes a config.json',
    });
  if (model.lacking.length > 0)
    throw new UserError('E041', `offline, and ${listed(model.lacking)} of ${model.id} are not in the cache`, {
      hint: `unset HF_HUB_OFFLINE, or run \`hf download ${model.id}\` with a network connection`,
      exitCode: 3,
    });
  // Trusted code that comes with the model replaces transformers' own class.
  return config.model.trust_remote_code
    ? { ...model, reading: readModelConfig(model.config, { trustRemoteCode: true }) }
    : model;
}

function listed(files: readonly string[]): string {
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return files.slice(0, 3).join(', ') + more;
}

/** The base in the form that the trainer's commands take. */
export function modelSpec(
  config: RunConfig,
  { path, revision }: ResolvedModel,
): { id: string; path: string | null; revision: string | null; trust_remote_code: boolean } {
  return { id: config.base_model, path, revision, trust_remote_code: config.model.trust_remote_code };
}
