// The hub through its own client, with expected failures as UserErrors.
import {
  downloadFile,
  HubApiError,
  modelInfo,
  parseSafetensorsMetadata,
  SafetensorParseError,
} from '@huggingface/hub';
import { UserError } from '../diagnostics/user-error.ts';
import type { TensorShapes } from '../model/tensors.ts';
import { createHubAccess, unreachable } from './hub-access.ts';
import type { HubEnvironment } from './hub-environment.ts';
import { type ModelFiles, parseConfig, tensorsOf } from './model-folder.ts';

export interface HubClient {
  /** The commit that a branch, tag or commit stands for. */
  resolveRevision(model: string, revision: string | null): Promise<string>;
  readConfig(model: string, commit: string): Promise<Pick<ModelFiles, 'config' | 'configSha256'>>;
  /** Null where the repository holds no safetensors. */
  readTensors(model: string, commit: string): Promise<TensorShapes | null>;
}

/** A client for one endpoint. Throws UserError M011 missing, M012 gated, M013 revision, E040 unreachable. */
export function createHubClient(hub: HubEnvironment, signal?: AbortSignal): HubClient {
  const access = createHubAccess(hub, signal);
  const guard = async <T>(model: string, revision: string | null, work: () => Promise<T>): Promise<T> => {
    access.forget();
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw hubError(error, { model, revision, reason: access.reason(), hub });
    }
  };
  return {
    resolveRevision: (model, revision) =>
      guard(model, revision, async () => {
        const wanted = revision === null ? {} : { revision };
        const info = await modelInfo({
          ...access.options,
          ...wanted,
          name: model,
          additionalFields: ['sha'],
        });
        return String(info.sha);
      }),
    readConfig: (model, commit) =>
      guard(model, commit, async () => {
        const blob = await downloadFile({
          ...access.options,
          repo: model,
          path: 'config.json',
          revision: commit,
          xet: false,
        });
        if (!blob) {
          throw new UserError('M010', `${model} has no config.json on the hub`, {
            hint: 'is it an adapter or a dataset? name the base model',
          });
        }
        return parseConfig(new Uint8Array(await blob.arrayBuffer()), `config.json of ${model}`);
      }),
    readTensors: (model, commit) =>
      guard(model, commit, async () => {
        const parsed = await parseSafetensorsMetadata({ ...access.options, repo: model, revision: commit });
        if (!parsed.sharded) return tensorsOf(parsed.header);
        return Object.assign({}, ...Object.values(parsed.headers).map(tensorsOf)) as TensorShapes;
      }).catch((error: unknown) => {
        if (
          error instanceof UserError &&
          error.code === 'M015' &&
          /not seem to contain safetensors/.test(error.message)
        ) {
          return null;
        }
        throw error;
      }),
  };
}

interface Asked {
  model: string;
  revision: string | null;
  reason: string | null;
  hub: HubEnvironment;
}

function hubError(error: unknown, asked: Asked): unknown {
  if (error instanceof UserError) return error;
  const { model, revision, hub } = asked;
  if (error instanceof HubApiError) return answerError(error, asked);
  if (error instanceof SafetensorParseError) {
    return new UserError('M015', `${model}: ${error.message}`, { cause: error });
  }
  const down = unreachable(error, model, hub, 'a local folder needs no hub');
  if (down) return down;
  // The client throws plain errors for repositories without safetensors.
  const message = error instanceof Error ? error.message : String(error);
  return new UserError('M015', `${model}${revision ? `@${revision}` : ''}: ${message}`, { cause: error });
}

function answerError(error: HubApiError, { model, revision, reason, hub }: Asked): unknown {
  const { statusCode } = error;
  const page = `${hub.endpoint}/${model}`;
  if (
    statusCode === 404 &&
    (reason === 'RevisionNotFound' || /rev/i.test(error.message.split('. URL')[0] ?? ''))
  ) {
    return new UserError('M013', `${model} has no revision ${revision ?? 'main'}`, {
      hint: `branches, tags and commits: ${page}/tree/main`,
    });
  }
  if (reason === 'GatedRepo' || statusCode === 403) {
    return new UserError('M012', `${model} is gated: its terms must be accepted first`, {
      hint: hub.token
        ? `accept them at ${page} with the account of your token, which must be allowed to read gated models`
        : `accept them at ${page}, then set HF_TOKEN or run \`hf auth login\``,
    });
  }
  if (statusCode === 404 || statusCode === 401) {
    // The hub says 401 for what does not exist, too, when nobody is logged in.
    return new UserError(
      'M011',
      `there is no model ${model} on ${hub.endpoint}${hub.token ? ' that your token may read' : ''}`,
      {
        hint: hub.token
          ? 'check the spelling: owner/name; or name a folder'
          : 'check the spelling: owner/name; a private one needs HF_TOKEN or `hf auth login`; a folder begins with ./',
      },
    );
  }
  return unreachable(error, model, hub, '') ?? error;
}
