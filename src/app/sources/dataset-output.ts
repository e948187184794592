// Writes rows into a new dataset: JSON lines, or an array if the file's name ends in .json.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import { openNewFile } from '../files/new-file.ts';
import { makeTemporaryFolder } from '../files/temporary-files.ts';

export interface DatasetOutput {
  path: string;
  /** One row as JSON. In JSON lines the line breaks between its tokens become spaces. */
  add(text: string): void | Promise<void>;
  /** Rows added so far. */
  rows(): number;
  /** Writes everything to the disk; the file does not have its name yet. */
  finish(): Promise<void>;
  /** SHA-256 (hex) of the file; call it once, after the file is finished. */
  sha256(): string;
  /** Finishes and publishes the file; if `out` is null, passes its text to `write`. Throws UserError D095. */
  publish(write?: (text: string) => void): Promise<void>;
  /** Removes what was not published. Always call it. */
  dispose(): Promise<void>;
}

const otherKinds = /\.(csv|tsv|parquet|gz|zst)$/i;

/** Opens the output at `out` (absolute; null for no file, see `publish`). Throws UserError D091, D095, D096. */
export async function openDatasetOutput(out: string | null): Promise<DatasetOutput> {
  const kind = out === null ? undefined : otherKinds.exec(out)?.[0];
  if (kind)
    throw new UserError('D096', `A dataset is written as JSON lines or as a JSON array, not as ${kind}.`, {
      hint: 'name it .jsonl, or .json for an array',
    });
  const folder = out === null ? await makeTemporaryFolder('lorch-') : null;
  const path = out ?? join(folder?.path ?? '', 'rows.jsonl');
  const file = await openNewFile(path);
  const asArray = path.toLowerCase().endsWith('.json');
  let count = 0;
  let finished = false;
  const finish = async (): Promise<void> => {
    if (asArray && !finished) await file.write(count > 0 ? '\n]\n' : '[\n]\n');
    finished = true;
    await file.finish();
  };
  return {
    path,
    finish,
    sha256: file.sha256,
    rows: () => count,
    add(text) {
      const opening = count === 0 ? '[\n' : ',\n';
      count += 1;
      return file.write(asArray ? `${opening}${text}` : `${oneLine(text)}\n`);
    },
    async publish(write) {
      await finish();
      await file.publish();
      if (folder === null) return;
      for await (const chunk of createReadStream(path, 'utf8')) write?.(chunk as string);
    },
    async dispose() {
      await file.dispose();
      await folder?.remove();
    },
  };
}

/** A row's JSON without line breaks. JSON strings never contain them, so the row does not change. */
export function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[ \t]*[\r\n]\s*/g, ' ') : text;
}
