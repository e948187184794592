// Writes a download to a file, completely or not at all.
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { systemCode, systemReason } from '../diagnostics/system-error.ts';
import { UserError } from '../diagnostics/user-error.ts';

/** Errors of the disk, not of the network. */
const diskCodes = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOTDIR',
  'EEXIST',
]);

/** Streams `blob` to `target`. Throws UserError D097 if the disk fails. */
export async function saveBlob(
  blob: Blob,
  target: string,
  onProgress?: (bytes: number, total: number) => void,
): Promise<void> {
  const partial = `${target}.${process.pid}.partial`;
  let bytes = 0;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        onProgress?.(bytes, blob.size);
        yield chunk;
      }
    };
    await pipeline(
      Readable.fromWeb(blob.stream() as ReadableStream),
      count,
      createWriteStream(partial, { mode: 0o600 }),
    );
    const { size } = await stat(partial);
    if (size !== blob.size) throw new TypeError(`the download ended after ${size} of ${blob.size} bytes`);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (!diskCodes.has(systemCode(error))) throw error;
    throw new UserError('D097', `${target} cannot be written: ${systemReason(error)}`, {
      hint: 'free disk space, or set XDG_CACHE_HOME to a folder on another disk',
      exitCode: 3,
      cause: error,
    });
  }
}
