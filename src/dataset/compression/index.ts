// The supported kinds of compression. They are detected by content, never by the file's name.
import type { Codec } from './codec.ts';
import { gzip } from './gzip.ts';
import { zstd } from './zstd.ts';

export const codecs: readonly Codec[] = [gzip, zstd];

/** The codec for a file's first bytes; null if they are not compressed. */
export function findCodec(head: Buffer): Codec | null {
  return codecs.find((codec) => codec.detect(head)) ?? null;
}
