// Files of a run folder may be damaged, replaced by a pipe or a link, or as large as the disk. Opening them
// never waits and follows no link, and they are read up to a limit.
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { systemReason } from '../diagnostics/system-error.ts';
import { UserError } from '../diagnostics/user-error.ts';

const guarded = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Larger than any of the small JSON files of an attempt. */
export const smallFileBytes = 4 * 1024 * 1024;
/** Larger than any plan. */
export const planBytes = 64 * 1024 * 1024;

export type RunFile<T> =
  | { state: 'missing' }
  /** The file exists but is not valid; `reason` completes a sentence that names the file. */
  | { state: 'damaged'; reason: string }
  | { state: 'read'; value: T };

/** Why a file was not read; completes a sentence that names it. */
export function faultOf(read: Exclude<RunFile<unknown>, { state: 'read' }>): string {
  return read.state === 'missing' ? 'there is no such file' : read.reason;
}

/** Faults of the file itself; other errors are thrown. */
const faults = new Set(['EISDIR', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENODEV']);

export interface OpenRunFile {
  fd: number;
  size: number;
}

/** Opens a file to read; the caller closes the descriptor. */
export function openRunFile(path: string): RunFile<OpenRunFile> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | guarded);
  } catch (error) {
    return openFault(error);
  }
  const facts = fstatSync(fd);
  if (facts.isFile()) return { state: 'read', value: { fd, size: facts.size } };
  closeSync(fd);
  return {
    state: 'damaged',
    reason: facts.isDirectory() ? 'it is a folder' : 'it is a device or a pipe, not a file',
  };
}

/** Calls `use` with the open file. Throws the system's read errors. */
export function withRunFile<T>(path: string, use: (file: OpenRunFile) => RunFile<T>): RunFile<T> {
  const opened = openRunFile(path);
  if (opened.state !== 'read') return opened;
  try {
    return use(opened.value);
  } finally {
    closeSync(opened.value.fd);
  }
}

function openFault(error: unknown): { state: 'missing' } | { state: 'damaged'; reason: string } {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return { state: 'missing' };
  // O_NOFOLLOW: the file is a link.
  if (code === 'ELOOP' || code === 'EMLINK') return { state: 'damaged', reason: 'it is a link' };
  if (faults.has(code)) return { state: 'damaged', reason: systemReason(error) };
  throw error;
}

/** The bytes of a file, all of them. */
function readRunFile(path: string, maxBytes = smallFileBytes): RunFile<Buffer> {
  return withRunFile(path, ({ fd, size }) => {
    if (size > maxBytes) return { state: 'damaged', reason: `it has ${size} bytes, more than any such file` };
    return { state: 'read', value: readAt(fd, 0, size) };
  });
}

/** Up to `length` bytes from byte `from`; none after the end. */
export function readRunPart(path: string, from: number, length: number): RunFile<Buffer> {
  return withRunFile<Buffer>(path, ({ fd, size }) => ({
    state: 'read',
    // The system does not report the size of its own files (/proc).
    value:
      size === 0
        ? readUnsized(fd, from, length)
        : readAt(fd, from, Math.min(length, Math.max(0, size - from))),
  }));
}

function readUnsized(fd: number, from: number, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let filled = 0; filled < length; ) {
    const part = readAt(fd, from + filled, Math.min(length - filled, 64 * 1024));
    if (part.length === 0) break;
    parts.push(part);
    filled += part.length;
  }
  return Buffer.concat(parts);
}

function readAt(fd: number, from: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** A text file of a run folder. Throws UserError R054 if it is missing or damaged. */
export function requireRunText(path: string, maxBytes = smallFileBytes): string {
  const read = readRunFile(path, maxBytes);
  if (read.state === 'read') return read.value.toString('utf8');
  throw new UserError('R054', `${path} cannot be read: ${faultOf(read)}`, {
    hint: 'the run folder is damaged; train from the config again, or remove the run with `lorch rm`',
    exitCode: 1,
  });
}

/** Deeper than anything that lorch writes (rows have up to 200 levels); a stack has room for it. */
const maxDepth = 400;

/** Reads a JSON file and passes it to `check`: returns the value, or the fault as text. */
export function readRunJson<T>(
  path: string,
  check: (value: unknown) => { value: T } | string,
  maxBytes = smallFileBytes,
): RunFile<T> {
  return checkRunJson(readRunFile(path, maxBytes), check, maxBytes);
}

/** What was read of a file (at least `maxBytes` + 1 of it, if it has so many) as JSON, as `check` takes it. */
export function checkRunJson<T>(
  read: RunFile<Buffer>,
  check: (value: unknown) => { value: T } | string,
  maxBytes = smallFileBytes,
): RunFile<T> {
  if (read.state !== 'read') return read;
  const { length } = read.value;
  if (length > maxBytes)
    return { state: 'damaged', reason: `it is larger than any such file (${maxBytes} bytes at most)` };
  if (length === 0) return { state: 'damaged', reason: 'it is empty' };
  const value = parseJson(read.value.toString('utf8'));
  if (value === undefined) return { state: 'damaged', reason: 'it is not valid JSON' };
  const checked = check(value);
  return typeof checked === 'string'
    ? { state: 'damaged', reason: checked }
    : { state: 'read', value: checked.value };
}

/** The value of a JSON text; undefined if it is none, or nested so deeply that nothing of ours wrote it. */
function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(text, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Whether a parsed text is nested so deeply that walking it could overflow the stack. */
export function isTooDeep(text: string, value: unknown): boolean {
  // A level needs two brackets, so a short text cannot be deep.
  return text.length > 2 * maxDepth && isDeep(value, maxDepth);
}

function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const each of Array.isArray(value) ? value : Object.values(value))
    if (typeof each === 'object' && each !== null && isDeep(each, levels - 1)) return true;
  return false;
}

/** Appends to one of lorch's logs. Returns false if it cannot be written, which is not an error. */
export function appendLine(path: string, line: string): boolean {
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | guarded, 0o600);
    try {
      // A pipe with a reader, or a device, would accept the line.
      if (!fstatSync(fd).isFile()) return false;
      writeSync(fd, line);
      return true;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
