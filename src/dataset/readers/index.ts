// The readers, in the order in which they are asked; detection goes by content, never by the file's name.
import { jsonArray } from './json-values.ts';
import { jsonl } from './jsonl.ts';
import type { Reader } from './raw-row.ts';

export const readers: readonly Reader[] = [jsonl, jsonArray];

/** The reader for a file's first bytes (after a byte order mark). */
export function chooseReader(head: Buffer): Reader {
  return readers.find((reader) => reader.detect(head)) ?? jsonl;
}
