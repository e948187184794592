// Models of the hub through its own client, with expected failures as UserErrors.
import {
  downloadFile,
  HubApiError,
  modelInfo,
  parseSafetensorsMetadata,
  SafetensorParseError,
} from '@huggingface/hub';
import { UserError } from '../diagnostics/user-error.ts';
import { readModelCard } from '../model/model-card.ts';
import type { TensorShapes } from '../model/tensor-shapes.ts';
import { createHubAccess, type Refusal, tokenRefused, unreachable } from './hub-access.ts';
import type { HubEnvironment } from './hub-environment.ts';
import { answeredCommit, isInnerPath } from './identifiers.ts';
import { refuseLarge } from './read-description.ts';
import type { Patience } from './retry.ts';
import { tensorsOf } from './safetensors-header.ts';
import { saveBlob } from './save-blob.ts';
import type { ModelSource } from './source.ts';

export interface HubRepository extends ModelSource {
  /** What the revision stands for; everything is read at this commit. */
  commit: string;
  /** Streams a file to `target`, which is there whole or not at all. */
  download(path: string, target: string, onProgress?: (bytes: number, total: number) => void): Promise<void>;
}

/**
 * One request says what a branch, tag or commit (null: the main branch) stands for and which files are there.
 * This and the source's own methods throw UserError M011 missing, M012 gated, M013 revision, M015 tensors,
 * E040 unreachable, E042 token.
 */
export async function openHubRepository(
  hub: HubEnvironment,
  model: string,
  revision: string | null,
  patience: Patience = {},
): Promise<HubRepository> {
  const access = createHubAccess(hub, patience);
  const guard = async <T>(at: string | null, work: () => Promise<T>): Promise<T> => {
    access.forget();
    try {
      return await work();
    } catch (error) {
      if (patience.signal?.aborted) throw patience.signal.reason;
      throw hubError(error, { model, revision: at, refusal: access.refusal(), hub });
    }
  };
  const info = await guard(revision, () =>
    modelInfo({
      ...access.options,
      ...(revision === null ? {} : { revision }),
      name: model,
      additionalFields: ['sha', 'filePaths', 'cardData'],
    }),
  );
  const commit = answeredCommit(info.sha, model, hub);
  const asked = { ...access.options, repo: model, revision: commit };
  return {
    name: model,
    commit,
    files: info.filePaths.filter(isInnerPath),
    readCard: async () => readModelCard(info.cardData),
    read: (path) =>
      guard(commit, async () => {
        const blob = await downloadFile({ ...asked, path, xet: false });
        if (!blob) throw new UserError('M010', `${model} has no ${path} at ${commit}`);
        refuseLarge(`${path} of ${model}`, blob.size);
        return new Uint8Array(await blob.arrayBuffer());
      }),
    download: (path, target, onProgress) =>
      guard(commit, async () => {
        const blob = await downloadFile({ ...asked, path, xet: false });
        if (!blob) throw new UserError('M010', `${model} has no ${path} at ${commit}`);
        await saveBlob(blob, target, onProgress);
      }),
    readTensors: (path) =>
      guard(commit, async () => {
        const parsed = await parseSafetensorsMetadata({ ...asked, path });
        if (!parsed.sharded) return tensorsOf(parsed.header);
        return Object.assign({}, ...Object.values(parsed.headers).map(tensorsOf)) as TensorShapes;
      }),
  };
}

interface Asked {
  model: string;
  revision: string | null;
  refusal: Refusal;
  hub: HubEnvironment;
}

function hubError(error: unknown, asked: Asked): unknown {
  if (error instanceof UserError) return error;
  const { model, hub } = asked;
  if (error instanceof HubApiError) return answerError(error, asked);
  if (error instanceof SafetensorParseError)
    return new UserError('M015', `${model}: ${error.message}`, {
      hint: 'the repository itself is damaged: name another revision, or tell its owner',
      cause: error,
    });
  return (
    unreachable(error, model, hub, `a local folder needs no hub, and there is none named ${model}`) ?? error
  );
}

function answerError(error: HubApiError, { model, revision, refusal, hub }: Asked): unknown {
  const { statusCode } = error;
  const { reason } = refusal;
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
  const badToken = tokenRefused(error, refusal, hub);
  if (badToken) return badToken;
  if (statusCode === 404 || statusCode === 401) {
    // Without a token, the hub also answers 401 for what does not exist.
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
  return unreachable(error, model, hub, '', refusal.waitMs) ?? error;
}
