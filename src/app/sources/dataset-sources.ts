// Finds what commands and configs read: files, globs, datasets of the hub, or stdin.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FieldMapping } from '../../dataset/formats/field-mapping.ts';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import { expandSources, type SourceFile, withoutCompanions } from '../../dataset/scan/sources.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import { spillToDisk } from '../files/spill-to-disk.ts';

export interface DatasetRequest {
  cwd: string;
  /** Environment variables with the hub's token, endpoint and cache. */
  env: Readonly<Record<string, string | undefined>>;
  /** Files, globs, `hf://datasets/user/name[@revision][/file]`, or `-`. */
  patterns: readonly string[];
  /** A format's name, `auto`, or a YAML file that maps the rows' fields. */
  format: string;
  stdin: Readable;
  onProgress?: (rows: number, bytes: number) => void;
  /** Progress of a file that is fetched from the hub, in bytes. */
  onDownload?: (file: string, bytes: number, total: number) => void;
}

/** The sources behind a request's patterns. Throws UserError D090, and what fetching from the hub throws. */
export async function openSources(request: DatasetRequest): Promise<DataSource[]> {
  const { cwd, env, stdin, onDownload } = request;
  const files = await findSources(request.patterns, {
    cwd,
    env,
    cacheDir: userCacheDir(env),
    ...(onDownload && { onDownload }),
  });
  return await Promise.all(
    files.map(async (file) => {
      const stream = file.path === '-' ? stdin : await pipeOf(file.path);
      return { ...file, spill: spillToDisk, ...(stream && { stream }) };
    }),
  );
}

// Like stdin, a pipe such as `<(zcat rows.gz)` can be read once. It is opened when it is read.
async function pipeOf(path: string): Promise<Readable | null> {
  const info = await stat(path).catch(() => null);
  if (!info?.isFIFO() && !info?.isCharacterDevice()) return null;
  return Readable.from(
    (async function* () {
      yield* createReadStream(path);
    })(),
  );
}

export interface FindOptions extends Pick<DatasetRequest, 'cwd' | 'env' | 'onDownload'> {
  /** lorch's cache folder. */
  cacheDir: string;
  signal?: AbortSignal;
}

/** The files that `patterns` name, each once, in order; files of the hub are fetched. */
export async function findSources(patterns: readonly string[], options: FindOptions): Promise<SourceFile[]> {
  const found = new Map<string, SourceFile>();
  for (const pattern of patterns)
    for (const file of await findOne(pattern, options)) if (!found.has(file.path)) found.set(file.path, file);
  return withoutCompanions([...found.values()]);
}

async function findOne(pattern: string, options: FindOptions): Promise<SourceFile[]> {
  if (!pattern.startsWith('hf://')) return await expandSources(options.cwd, [pattern]);
  const { resolveDataset } = await import('../../hub/resolve-dataset.ts');
  return await resolveDataset(pattern, options);
}

/** Whether a format names a file that maps fields. */
export function isMappingFile(format: string): boolean {
  return /\.ya?ml$/i.test(format);
}

/** The format of a request: a name, or the mapping in a file. Throws UserError C001. */
export async function readFormat({
  cwd,
  format,
}: Pick<DatasetRequest, 'cwd' | 'format'>): Promise<string | FieldMapping> {
  if (!isMappingFile(format)) return format;
  // Load YAML and the schema only if needed, because that takes longer than reading a small dataset.
  const { loadFormatMapping } = await import('../../config/format-mapping.ts');
  return await loadFormatMapping(format, cwd);
}
