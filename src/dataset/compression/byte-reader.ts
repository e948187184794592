// Reads bytes by count instead of by chunk, with a running offset, for archive formats.

export interface ByteReader {
  /** The next `count` bytes, or fewer if the input ends. */
  take(count: number): Promise<Buffer>;
  /** Bytes that are already buffered, at most `most`; null at the end. */
  some(most: number): Promise<Buffer | null>;
  /** Returns the last taken bytes to the reader. */
  putBack(bytes: Buffer): void;
  /** Number of bytes taken and not given back. */
  offset(): number;
}

/** A reader over `next`, which returns null at the end. */
export function createByteReader(next: () => Promise<Buffer | null>): ByteReader {
  let ready: Buffer = Buffer.alloc(0);
  let offset = 0;

  const some = async (most: number): Promise<Buffer | null> => {
    while (ready.length === 0) {
      const chunk = await next();
      if (!chunk) return null;
      ready = chunk;
    }
    const bytes = ready.subarray(0, most);
    ready = ready.subarray(bytes.length);
    offset += bytes.length;
    return bytes;
  };

  return {
    some,
    async take(count) {
      const parts: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        const bytes = await some(missing);
        if (!bytes) break;
        parts.push(bytes);
        missing -= bytes.length;
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    },
    putBack(bytes) {
      ready = ready.length === 0 ? bytes : Buffer.concat([bytes, ready]);
      offset -= bytes.length;
    },
    offset: () => offset,
  };
}
