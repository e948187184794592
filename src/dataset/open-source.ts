// A source's bytes as chunks, hashed on the way, with the first of them looked at.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { UserError } from '../diagnostics/user-error.ts';

export interface OpenSource {
  /** The first bytes, without a byte order mark; at least 64 KiB where the file has them. */
  head: Buffer;
  /** All bytes after a byte order mark. */
  chunks: AsyncIterable<Buffer>;
  /** No more chunks are wanted; the rest is still read and hashed. */
  stop(): void;
  bytesRead(): number;
  /** After the last chunk. */
  sha256(): string;
}

const chunkBytes = 256 * 1024;
const headBytes = 64 * 1024;

/** Opens a file, or takes the stream that stands for it. */
export async function openSource(
  path: string,
  stream: Readable | undefined,
  label: string,
): Promise<OpenSource> {
  const digest = createHash('sha256');
  const input: AsyncIterable<Buffer | string> =
    stream ?? createReadStream(path, { highWaterMark: chunkBytes });
  const iterator = input[Symbol.asyncIterator]();
  let bytes = 0;
  let stopped = false;

  const next = async (): Promise<Buffer | null> => {
    try {
      const result = await iterator.next();
      if (result.done) return null;
      const chunk = typeof result.value === 'string' ? Buffer.from(result.value) : result.value;
      digest.update(chunk);
      bytes += chunk.length;
      return chunk;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // A name that is wrong is the user's to mend; anything else is the machine's.
      const misnamed = ['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
      const exitCode = misnamed ? 2 : 3;
      throw new UserError('D091', `${label} cannot be read: ${reason}`, { exitCode, cause: error });
    }
  };

  const first: Buffer[] = [];
  let size = 0;
  while (size < headBytes) {
    const chunk = await next();
    if (!chunk) break;
    first.push(chunk);
    size += chunk.length;
  }
  const whole = first.length === 1 && first[0] ? first[0] : Buffer.concat(first);
  const head = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? whole.subarray(3) : whole;

  async function* chunks(): AsyncGenerator<Buffer> {
    if (head.length > 0 && !stopped) yield head;
    for (let chunk = await next(); chunk; chunk = await next()) if (!stopped) yield chunk;
  }
  return {
    head,
    chunks: chunks(),
    stop() {
      stopped = true;
    },
    bytesRead: () => bytes,
    sha256: () => digest.digest('hex'),
  };
}

/** What the first bytes are if they are no UTF-8 text; null where they may be. */
export function binaryKind(head: Buffer): string | null {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip-compressed';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd-compressed';
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'a zip archive';
  if (head.toString('latin1', 0, 4) === 'PAR1') return 'Parquet';
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return 'UTF-16 text';
  if (head.subarray(0, 64).includes(0)) return 'binary data';
  return null;
}
