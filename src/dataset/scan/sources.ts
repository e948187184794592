// From what a user names (files, globs, `-`) to the files there are.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { editDistance } from '../../diagnostics/edit-distance.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { stdinLabel } from './source-label.ts';

const dataFile = /\.(jsonl|ndjson|json|csv|tsv|parquet|pq|txt)(\.(gz|zst))?$/i;

export interface SourceFile {
  /** Absolute; `-` for stdin. */
  path: string;
  /** As shown to users: as typed, relative to `cwd`, or `hf://…@commit/file`. */
  label: string;
}

/** The files on this machine that `patterns` name, each once, globs in alphabetical order. Throws UserError D090. */
export async function expandSources(cwd: string, patterns: readonly string[]): Promise<SourceFile[]> {
  const found = new Map<string, SourceFile>();
  for (const pattern of patterns)
    for (const file of await expandOne(cwd, pattern)) if (!found.has(file.path)) found.set(file.path, file);
  return withoutCompanions([...found.values()]);
}

const companion = /\.(review\.jsonl|ledger\.jsonl|undo\.jsonl|lineage\.json)$/;

/** `*.jsonl` means datasets, not what lorch keeps beside them; alone and by its name such a file is read as any other. */
export function withoutCompanions(files: readonly SourceFile[]): SourceFile[] {
  return files.length > 1 ? files.filter(({ path }) => !isCompanion(path)) : [...files];
}

function isCompanion(path: string): boolean {
  return companion.test(path) && existsSync(path.replace(companion, ''));
}

async function expandOne(cwd: string, pattern: string): Promise<SourceFile[]> {
  if (pattern === '-') return [{ path: '-', label: stdinLabel }];
  const path = resolve(cwd, pattern);
  const info = await stat(path).catch(() => null);
  if (info?.isDirectory())
    throw new UserError('D090', `${pattern} is a folder.`, {
      hint: `name files in it, for example ${pattern.replace(/\/$/, '')}/*.jsonl`,
    });
  if (info) return [{ path, label: pattern }];
  if (!isDynamicPattern(pattern)) throw await notFound(cwd, pattern);
  const files = await glob(pattern, { cwd, absolute: true, onlyFiles: true, expandDirectories: false });
  if (files.length === 0)
    throw new UserError('D090', `No file fits ${pattern}.`, { hint: `looked from ${cwd}` });
  return files
    .map((file) => resolve(file))
    .sort()
    .map((file) => ({ path: file, label: isAbsolute(pattern) ? file : relative(cwd, file) }));
}

async function notFound(cwd: string, pattern: string): Promise<UserError> {
  const folder = dirname(resolve(cwd, pattern));
  const names = await readdir(folder).catch(() => null);
  if (!names)
    return new UserError('D090', `There is no file ${pattern}.`, {
      hint: `the folder ${relative(cwd, folder) || '.'} does not exist either`,
    });
  const wanted = basename(pattern);
  const near = names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), wanted.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => pattern.slice(0, pattern.length - wanted.length) + name);
  const data = names.filter((name) => dataFile.test(name)).sort();
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : data.length > 0
        ? `there are ${data.slice(0, 5).join(', ')}${data.length > 5 ? ' …' : ''}`
        : `looked from ${cwd}`;
  return new UserError('D090', `There is no file ${pattern}.`, { hint });
}
