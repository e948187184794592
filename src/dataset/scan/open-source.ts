// A source's bytes as chunks: hashed as they lie on disk, unpacked if they are compressed, the first of them looked at.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { isMisnamed, systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { createByteReader } from '../compression/byte-reader.ts';
import type { Codec } from '../compression/codec.ts';
import { findCodec } from '../compression/index.ts';
import type { FileRemark } from '../readers/raw-row.ts';

export interface OpenSource {
  /** Null if the bytes lie plain. */
  codec: Codec | null;
  /** The first unpacked bytes, without a byte order mark; at least 64 KiB if there are so many. */
  head: Buffer;
  /** All unpacked bytes after a byte order mark. */
  chunks: AsyncIterable<Buffer>;
  /** No more chunks are wanted; the rest is still read and hashed. */
  stop(): void;
  /** Once nothing more is read, to the end or not. */
  close(): Promise<void>;
  /** Of the file as it lies there, packed or not. */
  bytesRead(): number;
  /** Of the file as it lies there; after the last chunk. */
  sha256(): string;
}

const chunkBytes = 256 * 1024;
const headBytes = 64 * 1024;

/** Opens a file, or takes the stream that stands for it. Throws UserError D091; damage of an archive is remarked. */
export async function openSource(
  path: string,
  stream: Readable | undefined,
  label: string,
  remark: (each: FileRemark) => void,
): Promise<OpenSource> {
  const digest = createHash('sha256');
  const input: AsyncIterable<Buffer | string> = stream ?? readFile(path);
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
      const exitCode = isMisnamed(error) ? 2 : 3;
      throw new UserError('D091', `${label} cannot be read: ${systemReason(error)}.`, {
        exitCode,
        cause: error,
      });
    }
  };

  const packedHead = await readAhead(next, 4);
  const codec = findCodec(packedHead);
  const unread = createReplay(packedHead, next);
  const unpacked = codec ? joinPieces(codec.unpack(createByteReader(unread), remark)) : null;
  const nextPlain = unpacked ? async () => (await unpacked.next()).value ?? null : unread;

  const whole = await readAhead(nextPlain, headBytes);
  const head = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? whole.subarray(3) : whole;

  async function* chunks(): AsyncGenerator<Buffer> {
    if (head.length > 0 && !stopped) yield head;
    while (!stopped) {
      const chunk = await nextPlain();
      if (!chunk) break;
      if (!stopped) yield chunk;
    }
    while (await next());
  }
  return {
    codec,
    head,
    chunks: chunks(),
    stop() {
      stopped = true;
    },
    async close() {
      await iterator.return?.();
    },
    bytesRead: () => bytes,
    sha256: () => digest.digest('hex'),
  };
}

async function* readFile(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  const read = () => {
    const reading = file.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, null);
    // A failure is met where the chunk is asked for, which may be later.
    reading.catch(() => undefined);
    return reading;
  };
  let next = read();
  try {
    for (;;) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) return;
      // Read ahead, while this chunk is judged.
      next = read();
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await next.catch(() => undefined);
    await file.close();
  }
}

type Next = () => Promise<Buffer | null>;

/** At least `least` bytes, if there are so many. */
async function readAhead(next: Next, least: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let size = 0; size < least; ) {
    const chunk = await next();
    if (!chunk) break;
    parts.push(chunk);
    size += chunk.length;
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function createReplay(first: Buffer, next: Next): Next {
  let pending = first.length > 0 ? first : null;
  return async () => {
    if (!pending) return await next();
    const bytes = pending;
    pending = null;
    return bytes;
  };
}

// Codecs give out what they have; readers are fast on chunks of a size.
async function* joinPieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, null> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    size += piece.length;
    if (size < chunkBytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(parts);
  return null;
}
