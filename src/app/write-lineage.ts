// Writes the lineage record beside a dataset file that a command has just published.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Lineage, type LineageParent, lineagePath } from '../dataset/lineage.ts';
import type { DataSource, ScannedFile } from '../dataset/scan.ts';
import { openNewFile } from './new-file.ts';

/** Who writes, and when: the command line knows. */
export interface MadeBy {
  command: string;
  version: string;
  atMs: number;
}

export interface LineageRequest {
  /** Absolute path of the dataset file, which is there and whole. */
  dataset: string;
  madeBy: MadeBy;
  options: Record<string, unknown>;
  /** The sources of the scan and the files of its result, in the same order. */
  sources: readonly DataSource[];
  files: readonly ScannedFile[];
  /** Rows written, and their dataset fingerprint. */
  rows: number;
  fingerprint: string | null;
  ledger: Lineage['ledger'];
}

/** Writes `<dataset>.lineage.json`; returns its path. Throws UserError D095 where it exists: call `refuseExisting` before. */
export async function writeLineage(request: LineageRequest): Promise<string> {
  const { dataset, madeBy, options, rows, fingerprint, ledger } = request;
  const record: Lineage = {
    lorch: 1,
    file: basename(dataset),
    sha256: await hashFile(dataset),
    rows,
    fingerprint,
    made_by: { command: madeBy.command, version: madeBy.version, at_ms: madeBy.atMs, options },
    parents: parentsOf(dirname(dataset), request.sources, request.files),
    ledger,
  };
  const path = lineagePath(dataset);
  const file = await openNewFile(path);
  try {
    await file.write(`${JSON.stringify(record, null, 2)}\n`);
    await file.publish();
  } finally {
    await file.dispose();
  }
  return path;
}

/** SHA-256 (hex) of a file's bytes. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function parentsOf(
  folder: string,
  sources: readonly DataSource[],
  files: readonly ScannedFile[],
): LineageParent[] {
  return files.map(({ sha256, rows }, i) => ({ path: parentPath(folder, sources[i]), sha256, rows }));
}

// A dataset of the hub is named as such: its copy here lies in a cache.
function parentPath(folder: string, source: DataSource | undefined): string | null {
  if (!source || source.stream) return null;
  return source.label.startsWith('hf://') ? source.label : relative(folder, source.path).split(sep).join('/');
}
