// hf://datasets/… → files on this machine, at one commit.
import { UserError } from '../diagnostics/user-error.ts';
import { openDatasetCache } from './dataset-cache.ts';
import { createDatasetClient } from './dataset-client.ts';
import { type DatasetName, parseDatasetName } from './dataset-name.ts';
import { type HubEnv, readHubEnvironment } from './hub-environment.ts';
import { isCommit } from './identifiers.ts';
import { dataFiles, pickFiles } from './pick-files.ts';

export interface ResolvedFile {
  /** Absolute, in the cache. */
  path: string;
  /** `hf://datasets/user/name@<commit>/<file>`. */
  label: string;
}

export interface ResolveDatasetOptions {
  env: HubEnv;
  /** lorch's cache folder. */
  cacheDir: string;
  /** Bytes of a file that is being fetched. */
  onDownload?: (file: string, bytes: number, total: number) => void;
  signal?: AbortSignal;
}

const shownFiles = 12;

/**
 * The files that a name means, fetched if they are not yet. A commit is asked for once: what was fetched is read from
 * the cache. Throws UserError D190–D194, E040 if the hub does not answer, E041 if it may not be asked.
 */
export async function resolveDataset(text: string, options: ResolveDatasetOptions): Promise<ResolvedFile[]> {
  const wanted = parseDatasetName(text);
  const { name } = wanted;
  const hub = readHubEnvironment(options.env);
  const cache = openDatasetCache(options.cacheDir, hub, name);
  const client = createDatasetClient(hub, options.signal);
  const missing = (what: string): UserError =>
    new UserError('E041', `offline, and ${what} is not in the cache`, {
      hint: 'unset HF_HUB_OFFLINE, or run the command once with a network connection, or name a local file',
      exitCode: 3,
    });

  const revision = wanted.revision ?? 'main';
  const known = hub.offline || isCommit(revision) ? cache.readRevision(revision) : null;
  if (known === null && hub.offline) throw missing(`${name}@${revision}`);
  const commit = known ?? (await client.resolveRevision(name, wanted.revision));
  cache.writeRevision(revision, commit);

  const files = cache.readList(commit) ?? (hub.offline ? null : await client.listFiles(name, commit));
  if (files) cache.writeList(commit, files);
  // Offline a file that was fetched by other means can be named without a list.
  const picked = files ? pickFiles(files, wanted.path) : wanted.path === null ? null : [wanted.path];
  if (!files && !picked) throw missing(`the list of files of ${name}@${commit}`);
  if (!picked) throw noChoice(wanted, files ?? [], commit);

  const resolved: ResolvedFile[] = [];
  for (const file of picked) {
    const label = `hf://datasets/${name}@${commit}/${file}`;
    const found = cache.fileOf(commit, file);
    if (!found.exists && hub.offline) throw missing(label);
    if (!found.exists)
      await client.download(name, commit, file, found.path, (bytes, total) =>
        options.onDownload?.(label, bytes, total),
      );
    resolved.push({ path: found.path, label });
  }
  return resolved;
}

function noChoice({ name, path }: DatasetName, files: readonly string[], commit: string): UserError {
  const data = dataFiles(files);
  const shown = data.slice(0, shownFiles).join(', ');
  const more = data.length > shownFiles ? ` and ${data.length - shownFiles} more` : '';
  const at = `${name}@${commit.slice(0, 8)}`;
  if (data.length === 0)
    return new UserError('D193', `${at} holds no file of a kind that is read`, {
      hint: 'rows are read from .jsonl, .json, .csv and .parquet files, plain, .gz or .zst; hf://datasets/user/name@refs/convert/parquet often has them',
    });
  return new UserError(
    'D193',
    path === null
      ? `${at} holds ${data.length} data files, and none is the obvious one`
      : `${at} has no file ${path}`,
    { hint: `name one, or a pattern: ${shown}${more}` },
  );
}
