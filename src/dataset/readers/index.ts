// The readers, in the order in which they are asked; detection goes by content, and by the file's name only where the
// content could be either.
import { csv } from './csv.ts';
import { jsonArray } from './json-values.ts';
import { jsonl } from './jsonl.ts';
import { parquet } from './parquet.ts';
import type { Reader, TableReader } from './raw-row.ts';
import { textFile } from './text-file.ts';

export const readers: readonly (Reader | TableReader)[] = [parquet, csv, jsonl, jsonArray, textFile];

/** The reader for a file's first bytes (after a byte order mark). `name` is the file's, without `.gz` or `.zst`. */
export function chooseReader(head: Buffer, name = ''): Reader | TableReader {
  if (promises(textFile, name) && !parquet.detect(head) && !holdsJson(head)) return textFile;
  const found = readers.find((reader) => reader.detect(head)) ?? jsonl;
  // Lines that are no JSON are JSON lines all broken, or CSV that looks odd.
  const json = /^\s*[[{]/.test(head.toString('utf8', 0, 4096));
  return found === jsonl && !json && head.length > 0 && promises(csv, name) ? csv : found;
}

/** Whether a file name promises that reader's content. */
export function promises({ extensions }: Pick<Reader, 'extensions'>, name: string): boolean {
  return extensions.some((end) => name.toLowerCase().endsWith(end));
}

// Rows under a name that says text. A text may begin with a bracket, too: only a whole value tells.
function holdsJson(head: Buffer): boolean {
  const text = head.toString('utf8').trimStart();
  if (!/^[[{]/.test(text)) return false;
  const line = text.split('\n', 1)[0] ?? '';
  try {
    JSON.parse(line);
    return true;
  } catch {
    // An array or an object that is spread over lines.
    return /^(?:\[\s*[[{]|\{\s*"(?:[^"\\]|\\.)*"\s*:)/.test(text);
  }
}
