// Reading files of runs, on whichever host they lie.
import { basename, join } from 'node:path';
import { type AttemptFile, type AttemptFileKind, checkAttemptFile } from '../run/attempt-files.ts';
import type { AttemptPaths } from '../run/layout.ts';
import { checkRunJson, type RunFile, smallFileBytes } from '../run/run-file.ts';
import type { Host } from './host.ts';

type Check<T> = (value: unknown) => { value: T } | string;

/** A JSON file, as `check` takes it: the value, or (text) what is wrong with it. */
export async function readJson<T>(
  host: Pick<Host, 'read'>,
  file: string,
  check: Check<T>,
  maxBytes = smallFileBytes,
): Promise<RunFile<T>> {
  return checkRunJson(await host.read(file, 0, maxBytes + 1), check, maxBytes);
}

/** One of an attempt's small files, wherever the attempt runs. */
export async function readAttemptFile<K extends AttemptFileKind>(
  host: Pick<Host, 'read'>,
  paths: AttemptPaths,
  kind: K,
): Promise<RunFile<AttemptFile<K>>> {
  const read = await readOnceMade(host, paths[kind], (value) => checkAttemptFile(kind, value));
  // A copy of another attempt's folder: its token and its place are that one's.
  if (kind === 'launch' && read.state === 'read') {
    const { attempt } = read.value as AttemptFile<'launch'>;
    if (basename(paths.dir) !== `attempt-${attempt}`)
      return { state: 'damaged', reason: `it belongs to attempt ${attempt}` };
  }
  return read;
}

// Without hard links it is a folder with the file in it (create-once.ts).
async function readOnceMade<T>(host: Pick<Host, 'read'>, file: string, check: Check<T>): Promise<RunFile<T>> {
  const read = await readJson(host, file, check);
  if (read.state !== 'damaged') return read;
  const inside = await readJson(host, join(file, basename(file)), check);
  return inside.state === 'read' ? inside : read;
}

/** Up to `length` bytes of a file from byte `from`; none if it cannot be read. */
export async function readBytes(
  host: Pick<Host, 'read'>,
  file: string,
  from: number,
  length: number,
): Promise<Buffer> {
  const read = await host.read(file, from, length);
  return read.state === 'read' ? read.value : Buffer.alloc(0);
}

/** How large a file is; 0 if there is none. */
export async function fileBytes(host: Pick<Host, 'stat'>, file: string): Promise<number> {
  const facts = await host.stat(file);
  return facts?.kind === 'file' ? facts.bytes : 0;
}
