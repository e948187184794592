// A review's log on disk: JSON lines beside the dataset. Lines are only appended, and synced before the next row is shown.

import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type EntryStamp, type LogEntry, parseEntry } from '../../dataset/review/entries.ts';
import { createRedactor } from '../../diagnostics/secrets.ts';
import { systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';

/** Path of the log of a dataset file. */
export function reviewLogPath(datasetFile: string): string {
  return `${datasetFile}.review.jsonl`;
}

export interface ReadLog {
  entries: LogEntry[];
  /** SHA-256 of the file's bytes. */
  sha256: string;
}

/** Reads a log; null if there is none. Ignores an incomplete last line. Throws UserError V004, V005. */
export async function readReviewLog(path: string, label = basename(path)): Promise<ReadLog | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UserError('V004', `${label} cannot be read: ${systemReason(error)}`, {
      exitCode: 3,
      cause: error,
    });
  }
  return {
    entries: parseLog(bytes.toString('utf8'), label),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** The entries of a log's text. */
function parseLog(text: string, label: string): LogEntry[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const parsed = parseEntry(line);
    if ('entry' in parsed) return parsed.entry ? [parsed.entry] : [];
    // A killed writer had not yet confirmed this line.
    if (i === lines.length - 1) return [];
    if (parsed.newer)
      throw new UserError('V005', `${label}:${i + 1} was written by a newer lorch: ${parsed.fault}`, {
        hint: 'use that version, or a newer one',
        exitCode: 3,
      });
    throw new UserError('V004', `${label}:${i + 1} is not a line of a review log: ${parsed.fault}`, {
      hint: 'fix or remove that line; after a merge, keep both sides’ lines (docs/review.md)',
      exitCode: 1,
    });
  });
}

export interface ReviewLog {
  path: string;
  entries: LogEntry[];
  /** A new entry's id, time, reviewer and tool; times never decrease within a log. */
  stamp(): EntryStamp;
  /** Appends entries; they are on disk when it returns. */
  append(...entries: LogEntry[]): void;
  close(): void;
}

/** Opens a log to append to it; the first entry creates it if needed. Removes an incomplete last line. */
export async function openReviewLog(
  path: string,
  who: { reviewer: string; tool: string; now(): number },
): Promise<ReviewLog> {
  const entries = (await readReviewLog(path))?.entries ?? [];
  let file: number | null = null;
  try {
    if (existsSync(path)) {
      file = openSync(path, 'a+');
      repairEnd(file);
    } else accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UserError('V004', `${path} cannot be written: ${(error as Error).message}`, {
      hint: 'verdicts are kept beside the dataset; make its folder writable, or copy the dataset',
      exitCode: 3,
      cause: error,
    });
  }
  // Created with the first verdict, so that only looking at rows leaves no file.
  const opened = (): number => {
    if (file === null) {
      file = openSync(path, 'a+', 0o644);
      syncFolder(dirname(path));
    }
    return file;
  };
  let last = entries.reduce((latest, { at_ms }) => Math.max(latest, at_ms), 0);
  return {
    path,
    entries,
    stamp() {
      // Two entries in one millisecond keep their order.
      last = Math.max(who.now(), last + 1);
      return { id: randomBytes(8).toString('hex'), at_ms: last, reviewer: who.reviewer, tool: who.tool };
    },
    append(...added) {
      const kept = added.map(withoutSecrets);
      const bytes = Buffer.from(kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      let written = 0;
      const to = opened();
      while (written < bytes.length) written += writeSync(to, bytes, written);
      fsyncSync(to);
      entries.push(...kept);
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

// Add a missing newline to a complete last line; remove an incomplete one.
function repairEnd(file: number): void {
  const { size } = fstatSync(file);
  if (size === 0) return;
  const bytes = Buffer.alloc(size);
  readSync(file, bytes, 0, size, 0);
  const end = bytes.lastIndexOf(10) + 1;
  if (end === size) return;
  const parsed = parseEntry(bytes.toString('utf8', end));
  if ('entry' in parsed && parsed.entry) writeSync(file, '\n');
  else ftruncateSync(file, end);
  fsyncSync(file);
}

// Sync the folder, so that the new file's name is on disk. Some file systems do not support that and do not need it.
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch {
    // There is no alternative if a folder does not support fsync.
  } finally {
    closeSync(handle);
  }
}

const redact = createRedactor({});

/** Masks secrets in what a reviewer types, because it goes into git with the dataset. A row's own text is unchanged. */
function withoutSecrets(entry: LogEntry): LogEntry {
  return 'note' in entry && typeof entry.note === 'string' ? { ...entry, note: redact(entry.note) } : entry;
}
