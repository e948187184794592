// The files that a dataset was made from, as far back as the lineage records go. Their reviews may cover its rows.
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hashFile } from '../../hosts/hash-file.ts';
import { readLineage } from '../sources/read-lineage.ts';

export interface NamedFile {
  /** Absolute. */
  path: string;
  /** Its name for users; an origin's path is relative to the same folder as its descendant's. */
  label: string;
}

export interface Origin extends NamedFile {
  /**
   * Whether rows were removed on the way only by a rule. False if a file on the way differs from its record, or a review was
   * finished there: then rows may have been removed because somebody found defects in them.
   */
  byRule: boolean;
}

export interface Origins {
  /** Nearest first, each once, without the given files. */
  files: Origin[];
  /** Origins that a record names but that are missing or have changed. */
  lost: { file: string; made: string; what: 'gone' | 'changed' }[];
}

/** Follows the records back from `files`. Throws UserError D197 if a record cannot be read. */
export async function findOrigins(files: readonly NamedFile[]): Promise<Origins> {
  const known = new Set(files.map(({ path }) => path));
  const found = new Map<string, Origin>();
  const lost: Origins['lost'] = [];
  const queue: Origin[] = files.map((file) => ({ ...file, byRule: true }));
  for (let file = queue.shift(); file; file = queue.shift()) {
    const record = await readLineage(file.path, file.label);
    if (!record) continue;
    const asWritten = (await hashFile(file.path)) === record.sha256;
    const byRule = file.byRule && asWritten && record.review === undefined;
    for (const parent of record.parents) {
      if (parent.path === null || parent.path.startsWith('hf://')) continue;
      const path = resolve(dirname(file.path), parent.path);
      const label = join(dirname(file.label), parent.path);
      const seen = found.get(path);
      if (seen?.byRule && !byRule) {
        seen.byRule = false;
        queue.push(seen);
      }
      if (seen || known.has(path) || lost.some((each) => each.file === label)) continue;
      if (!(await isFile(path))) {
        lost.push({ file: label, made: file.label, what: 'gone' });
        continue;
      }
      if ((await hashFile(path)) !== parent.sha256)
        lost.push({ file: label, made: file.label, what: 'changed' });
      const origin = { path, label, byRule };
      found.set(path, origin);
      queue.push(origin);
    }
  }
  return { files: [...found.values()], lost };
}

/** What is wrong with an origin, and what would help. */
export function lostSentence({ file, made, what }: Origins['lost'][number]): string {
  return what === 'gone'
    ? `${made} was made from ${file}, which no longer exists; if that file was reviewed, restore it with its .review.jsonl`
    : `${made} was made from ${file}, which has changed since; the review covers only the rows that it has now`;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
