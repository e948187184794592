// Datasets of the hub through its own client, with expected failures as UserErrors.
import { datasetInfo, downloadFile, HubApiError, listFiles } from '@huggingface/hub';
import { UserError } from '../diagnostics/user-error.ts';
import { createHubAccess, type Refusal, tokenRefused, unreachable } from './hub-access.ts';
import type { HubEnvironment } from './hub-environment.ts';
import { answeredCommit, isInnerPath } from './identifiers.ts';
import { saveBlob } from './save-blob.ts';

export interface DatasetClient {
  /** The commit that a branch, tag or commit stands for. */
  resolveRevision(name: string, revision: string | null): Promise<string>;
  /** Paths of all files of a commit. */
  listFiles(name: string, commit: string): Promise<string[]>;
  /** Streams a file to `target`, which is there whole or not at all. */
  download(
    name: string,
    commit: string,
    path: string,
    target: string,
    onProgress?: (bytes: number, total: number) => void,
  ): Promise<void>;
}

/** A client for one endpoint. Throws UserError D190 missing, D191 gated, D192 revision, D097 no room, E040 unreachable, E042 token. */
export function createDatasetClient(hub: HubEnvironment, signal?: AbortSignal): DatasetClient {
  const access = createHubAccess(hub, signal ? { signal } : {});
  const guard = async <T>(name: string, revision: string | null, work: () => Promise<T>): Promise<T> => {
    access.forget();
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw explain(error, { name, revision, refusal: access.refusal(), hub });
    }
  };
  return {
    resolveRevision: (name, revision) =>
      guard(name, revision, async () => {
        const wanted = revision === null ? {} : { revision };
        const info = await datasetInfo({ ...access.options, ...wanted, name, additionalFields: ['sha'] });
        return answeredCommit(info.sha, `the dataset ${name}`, hub);
      }),
    listFiles: (name, commit) =>
      guard(name, commit, async () => {
        const files: string[] = [];
        const asked = { ...access.options, repo: { type: 'dataset' as const, name }, revision: commit };
        // A file name from the hub must not lead to a write outside the folder.
        for await (const { type, path } of listFiles({ ...asked, recursive: true }))
          if (type === 'file' && isInnerPath(path)) files.push(path);
        return files;
      }),
    download: (name, commit, path, target, onProgress) =>
      guard(name, commit, async () => {
        const asked = { ...access.options, repo: { type: 'dataset' as const, name }, revision: commit };
        const blob = await downloadFile({ ...asked, path, xet: false });
        if (!blob) throw new UserError('D193', `${name} has no file ${path} at ${commit}.`);
        await saveBlob(blob, target, onProgress);
      }),
  };
}

interface Asked {
  name: string;
  revision: string | null;
  refusal: Refusal;
  hub: HubEnvironment;
}

function explain(error: unknown, asked: Asked): unknown {
  if (error instanceof UserError) return error;
  const { name, hub } = asked;
  const refused = error instanceof HubApiError ? explainRefusal(error, asked) : null;
  const instead = 'HF_HUB_OFFLINE=1 reads what was fetched before';
  return refused ?? unreachable(error, `the dataset ${name}`, hub, instead, asked.refusal.waitMs) ?? error;
}

function explainRefusal(error: HubApiError, { name, revision, refusal, hub }: Asked): UserError | null {
  const { statusCode } = error;
  const { reason } = refusal;
  const page = `${hub.endpoint}/datasets/${name}`;
  if (statusCode === 404 && reason === 'RevisionNotFound')
    return new UserError('D192', `the dataset ${name} has no revision ${revision ?? 'main'}`, {
      hint: `branches, tags and commits: ${page}/tree/main`,
    });
  if (reason === 'GatedRepo' || statusCode === 403)
    return new UserError('D191', `the dataset ${name} is gated: its terms must be accepted first`, {
      hint: hub.token
        ? `accept them at ${page} with the account of your token, which must be allowed to read gated datasets`
        : `accept them at ${page}, then set HF_TOKEN or run \`hf auth login\``,
    });
  const badToken = tokenRefused(error, refusal, hub);
  if (badToken) return badToken;
  // Without a token, the hub also answers 401 for what does not exist.
  if (statusCode === 404 || statusCode === 401)
    return new UserError(
      'D190',
      `there is no dataset ${name} on ${hub.endpoint}${hub.token ? ' that your token may read' : ''}`,
      {
        hint: hub.token
          ? 'check the spelling: hf://datasets/user/name'
          : 'check the spelling: hf://datasets/user/name; a private one needs HF_TOKEN or `hf auth login`',
      },
    );
  return null;
}
