// gzip (RFC 1952), member by member. zlib's gunzip loses the last unpacked bytes before an error, and does not say
// where a member ends; raw inflate provides both.
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import type { FileRemark } from '../readers/raw-row.ts';
import type { ByteReader } from './byte-reader.ts';
import { type Codec, endsEarly, remarkDamage, remarkTrailing } from './codec.ts';

export const gzip: Codec = {
  name: 'gzip',
  extension: '.gz',
  detect: (head) => head[0] === 0x1f && head[1] === 0x8b,
  unpack,
};

const headerBytes = 10;
const trailerBytes = 8;
const [hasHeaderCrc, hasExtra, hasName, hasComment] = [2, 4, 8, 16];

async function* unpack(input: ByteReader, remark: (each: FileRemark) => void): AsyncGenerator<Buffer> {
  for (let members = 0; ; members += 1) {
    const start = input.offset();
    const fault = await readHeader(input);
    if (fault === 'end') return;
    if (fault === 'other' && members > 0) {
      if (!(await isPadding(input))) remark(remarkTrailing('gzip', start));
      return;
    }
    const failed = fault ?? (yield* readMember(input));
    if (failed !== null) {
      remark(remarkDamage('gzip', failed === 'other' ? 'is not gzip' : failed, input.offset()));
      return;
    }
  }
}

// Null if a member's data follows. `other` does not consume any input.
async function readHeader(input: ByteReader): Promise<string | null> {
  const header = await input.take(headerBytes);
  if (header.length === 0) return 'end';
  if (header[0] !== 0x1f || (header.length > 1 && header[1] !== 0x8b)) {
    input.putBack(header);
    return 'other';
  }
  if (header.length < headerBytes) return endsEarly;
  const flags = header[3] ?? 0;
  if (header[2] !== 8 || flags > 31) return 'has a header that no gzip program writes';
  if (flags & hasExtra) {
    const size = await input.take(2);
    if (size.length < 2 || (await input.take(size.readUInt16LE())).length < size.readUInt16LE())
      return endsEarly;
  }
  for (const flag of [hasName, hasComment]) if (flags & flag && !(await skipText(input))) return endsEarly;
  if (flags & hasHeaderCrc && (await input.take(2)).length < 2) return endsEarly;
  return null;
}

async function skipText(input: ByteReader): Promise<boolean> {
  for (;;) {
    const byte = await input.take(1);
    if (byte.length === 0) return false;
    if (byte[0] === 0) return true;
  }
}

// Tapes and some writers pad with zeros.
async function isPadding(input: ByteReader): Promise<boolean> {
  for (;;) {
    const bytes = await input.some(65_536);
    if (!bytes) return true;
    if (bytes.some((byte) => byte !== 0)) return false;
  }
}

// A failing inflate call loses what it unpacked, so start with small slices to lose little of small files.
const leastSlice = 1024;
const mostSlice = 32_768;
/** Target size of one unpacked slice. Packed bytes can unpack to a thousand times their size, and nothing else limits a call. */
const wantedBytes = 1_000_000;

/** Size of the next slice, computed from how much the last slice unpacked to. */
function nextSlice(offset: number, slice: number, unpacked: number): number {
  if (offset < 65_536) return leastSlice;
  const fitting = Math.floor((slice * wantedBytes) / Math.max(1, unpacked));
  return Math.max(leastSlice, Math.min(mostSlice, slice * 2, fitting));
}

/** Unpacks the data of one member; returns its fault, or null. */
async function* readMember(input: ByteReader): AsyncGenerator<Buffer, string | null> {
  const inflate = createInflateRaw({ chunkSize: 65_536 });
  try {
    let crc = 0;
    let size = 0;
    for await (const bytes of inflateFrom(input, inflate)) {
      if (typeof bytes === 'string') return bytes;
      crc = crc32(bytes, crc);
      size = (size + bytes.length) % 2 ** 32;
      yield bytes;
    }
    const trailer = await input.take(trailerBytes);
    if (trailer.length < trailerBytes) return endsEarly;
    const good = trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === size;
    return good ? null : 'does not match its checksum: a part of it is damaged';
  } finally {
    inflate.close();
  }
}

async function* inflateFrom(input: ByteReader, inflate: InflateRaw): AsyncGenerator<Buffer | string> {
  let settle: (outcome: 'more' | 'ended' | Error) => void = () => undefined;
  let unpacked: Buffer[] = [];
  inflate.on('data', (bytes: Buffer) => unpacked.push(bytes));
  inflate.on('end', () => settle('ended'));
  inflate.on('error', (error) => settle(error));
  for (let written = 0, most = leastSlice; ; ) {
    const slice = await input.some(most);
    if (!slice) return yield endsEarly;
    written += slice.length;
    const outcome = await new Promise<'more' | 'ended' | Error>((resolve) => {
      settle = resolve;
      inflate.write(slice, (error) => resolve(error ?? 'more'));
    });
    const pieces = unpacked;
    unpacked = [];
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    most = nextSlice(input.offset(), slice.length, bytes);
    yield* pieces;
    if (outcome instanceof Error) return yield `is damaged: ${outcome.message}`;
    if (outcome === 'more') continue;
    input.putBack(slice.subarray(slice.length - (written - inflate.bytesWritten)));
    return;
  }
}
