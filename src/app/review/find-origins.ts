// The files that a dataset was made of, as far back as the records beside them tell: their reviews may speak for its rows.
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hashFile } from '../files/hash-file.ts';
import { readLineage } from '../sources/read-lineage.ts';

export interface NamedFile {
  /** Absolute. */
  path: string;
  /** As users call it; an origin's is relative to what its descendant's is. */
  label: string;
}

export interface Origin extends NamedFile {
  /**
   * Rows left on the way by a rule only. False if a file on the way is not what its record says, or a review was
   * finished there: then what left may have left because somebody found it.
   */
  byRule: boolean;
}

export interface Origins {
  /** The nearest first, each once; those that are given are not among them. */
  files: Origin[];
  /** Origins of which a record tells, and which are not there, or not with the bytes that were read. */
  lost: { file: string; made: string; what: 'gone' | 'changed' }[];
}

/** Walks back from `files`. Throws UserError D197 if a record cannot be read. */
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
