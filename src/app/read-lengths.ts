// Row lengths of a prepared split, from its offsets alone.
import { open } from 'node:fs/promises';

/** Tokens per row, in the order of the file. */
export async function readLengths(path: string): Promise<Uint32Array> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(8);
    await file.read(head, 0, 8, 0);
    const headerBytes = Number(head.readBigUInt64LE());
    const header = Buffer.alloc(headerBytes);
    await file.read(header, 0, headerBytes, 8);
    const { offsets } = JSON.parse(header.toString('utf8')) as {
      offsets: { data_offsets: [number, number] };
    };
    const [from, to] = offsets.data_offsets;
    const data = Buffer.alloc(to - from);
    await file.read(data, 0, data.length, 8 + headerBytes + from);
    const ends = new BigInt64Array(data.buffer, data.byteOffset, data.length / 8);
    return Uint32Array.from({ length: Math.max(0, ends.length - 1) }, (_, i) =>
      Number((ends[i + 1] ?? 0n) - (ends[i] ?? 0n)),
    );
  } finally {
    await file.close();
  }
}
