// The interface of all kinds of compression.
import { damagedArchive } from '../checks/structure/damaged-archive.ts';
import { trailingBytes } from '../checks/structure/trailing-bytes.ts';
import type { FileRemark } from '../readers/raw-row.ts';
import type { ByteReader } from './byte-reader.ts';

export interface Codec {
  name: string;
  /** File name extension. */
  extension: string;
  detect(head: Buffer): boolean;
  /** The unpacked bytes in pieces. Damage ends them with a remark, after all bytes before it. */
  unpack(input: ByteReader, remark: (each: FileRemark) => void): AsyncGenerator<Buffer>;
}

/** The data is damaged at a byte of the packed file; `reason` completes "The gzip data …". */
export function remarkDamage(codec: string, reason: string, byte: number, hint?: string): FileRemark {
  return {
    check: damagedArchive,
    message: `The ${codec} data ${reason} (byte ${byte.toLocaleString('en-US')} of the file).`,
    ...(hint !== undefined && { hint }),
    data: { byte },
  };
}

/** Other bytes follow the compressed data. */
export function remarkTrailing(codec: string, byte: number): FileRemark {
  return {
    check: trailingBytes,
    message: `The ${codec} data ends at byte ${byte.toLocaleString('en-US')}, and bytes of another kind follow; they are not read.`,
    data: { byte },
  };
}

/** The file ends too early. */
export const endsEarly = 'is cut off: the file ends too early';
