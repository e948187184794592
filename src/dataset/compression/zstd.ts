// Zstandard (RFC 8878), frame by frame: fzstd unpacks, and this file finds the ends of frames, blocks and the file.
import type { FileRemark } from '../readers/raw-row.ts';
import type { ByteReader } from './byte-reader.ts';
import { type Codec, endsEarly, remarkDamage, remarkTrailing } from './codec.ts';

export const zstd: Codec = {
  name: 'zstd',
  extension: '.zst',
  detect: (head) => head.length >= 4 && opensFrame(head.subarray(0, 4)),
  unpack,
};

const isSkippable = (magic: Buffer): boolean => magic[1] === 0x2a;

// Also for fewer than four bytes, if the file ends inside a magic number.
function opensFrame(magic: Buffer): boolean {
  const skippable = ((magic[0] ?? 0) & 0xf0) === 0x50;
  const wanted = [skippable ? magic[0] : 0x28, ...(skippable ? [0x2a, 0x4d, 0x18] : [0xb5, 0x2f, 0xfd])];
  return magic.every((byte, i) => byte === wanted[i]);
}

/** The most memory that a frame may need; the default limit of `zstd -d`. */
const maxWindowBytes = 128 * 1024 * 1024;
const maxBlockBytes = 128 * 1024;
/** A block of four bytes can unpack to 128 KiB. After this many bytes, data that unpacks to more than this ratio is not read. */
const freeBytes = 2 ** 30;
const maxRatio = 2_000;

/** Bytes that all frames so far unpacked or allocated. */
interface Spent {
  bytes: number;
}

interface Fault {
  reason: string;
  hint?: string;
}

async function* unpack(input: ByteReader, remark: (each: FileRemark) => void): AsyncGenerator<Buffer> {
  const spent: Spent = { bytes: 0 };
  for (let frames = 0; ; frames += 1) {
    const start = input.offset();
    const magic = await input.take(4);
    if (magic.length === 0) return;
    if (frames > 0 && !opensFrame(magic)) return remark(remarkTrailing('zstd', start));
    const fault =
      magic.length < 4
        ? { reason: endsEarly }
        : isSkippable(magic)
          ? await skipFrame(input)
          : yield* readFrame(input, magic, spent);
    if (fault) return remark(remarkDamage('zstd', fault.reason, input.offset(), fault.hint));
  }
}

async function skipFrame(input: ByteReader): Promise<Fault | null> {
  const size = await input.take(4);
  if (size.length < 4) return { reason: endsEarly };
  for (let missing = size.readUInt32LE(); missing > 0; ) {
    const bytes = await input.some(missing);
    if (!bytes) return { reason: endsEarly };
    missing -= bytes.length;
  }
  return null;
}

async function* readFrame(
  input: ByteReader,
  magic: Buffer,
  spent: Spent,
): AsyncGenerator<Buffer, Fault | null> {
  const header = await readHeader(input);
  if ('reason' in header) return header;
  // Its memory is allocated at once, even if the frame turns out to be damaged.
  spent.bytes += header.window;
  let room = header.window;
  let unpacked: Buffer[] = [];
  const { Decompress } = await import('fzstd');
  const frame = new Decompress((bytes) =>
    unpacked.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
  );
  const push = (bytes: Buffer, last: boolean): Fault | null => {
    try {
      frame.push(bytes, last);
      return null;
    } catch (error) {
      return { reason: `is damaged: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  let fault = push(Buffer.concat([magic, header.bytes]), false);
  for (let last = false; !last && !fault; ) {
    const head = await input.take(3);
    if (head.length < 3) return { reason: endsEarly };
    const word = head.readUIntLE(0, 3);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (type === 3 || size > maxBlockBytes) return { reason: 'is damaged: a block has an impossible header' };
    const body = await input.take(type === 1 ? 1 : size);
    if (body.length < (type === 1 ? 1 : size)) return { reason: endsEarly };
    if (isBomb(spent, input)) return bomb;
    fault = push(Buffer.concat([head, body]), false);
    for (const { length } of unpacked) {
      spent.bytes += Math.max(0, length - room);
      room = Math.max(0, room - length);
    }
    yield* unpacked;
    unpacked = [];
  }
  if (fault) return fault;
  const checksum = await input.take(header.hasChecksum ? 4 : 0);
  fault = push(checksum, true);
  yield* unpacked;
  return checksum.length < (header.hasChecksum ? 4 : 0) ? { reason: endsEarly } : fault;
}

const bomb: Fault = {
  reason: `unpacks to more than ${maxRatio.toLocaleString('en-US')} times its size`,
  hint: 'no text compresses so well; if the file is right, unpack it first: zstd -d FILE',
};

function isBomb({ bytes }: Spent, input: ByteReader): boolean {
  return bytes > freeBytes && bytes > maxRatio * input.offset();
}

async function readHeader(
  input: ByteReader,
): Promise<{ bytes: Buffer; hasChecksum: boolean; window: number } | Fault> {
  const descriptor = await input.take(1);
  const flags = descriptor[0] ?? 0;
  const single = (flags & 32) !== 0;
  const idBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = await input.take((single ? 0 : 1) + idBytes + sizeBytes);
  if (descriptor.length === 0 || rest.length < (single ? 0 : 1) + idBytes + sizeBytes)
    return { reason: endsEarly };
  if (flags & 8) return { reason: 'is damaged: its header uses a reserved bit' };
  const idAt = single ? 0 : 1;
  if (idBytes > 0 && rest.readUIntLE(idAt, idBytes) !== 0)
    return {
      reason: 'needs a dictionary, which lorch does not read',
      hint: 'pack the file without a dictionary: zstd -d -D DICTIONARY FILE, then zstd FILE',
    };
  const window = single ? contentSize(rest.subarray(idAt + idBytes)) : windowSize(rest[0] ?? 0);
  if (window > maxWindowBytes)
    return {
      reason: `needs a window of ${Math.round(window / 1024 / 1024).toLocaleString('en-US')} MiB; lorch reads up to 128`,
      hint: 'pack the file without --long, or unpack it first: zstd -d --long=31 FILE',
    };
  return { bytes: Buffer.concat([descriptor, rest]), hasChecksum: (flags & 4) !== 0, window };
}

function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function contentSize(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE());
  return bytes.readUIntLE(0, bytes.length) + (bytes.length === 2 ? 256 : 0);
}
