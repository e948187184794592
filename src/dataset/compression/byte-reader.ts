// Bytes by the count instead of by the chunk, with a running offset: what archive formats are read by.

export interface ByteReader {
  /** The next `count` bytes, or fewer if the input ends. */
  take(count: number): Promise<Buffer>;
  /** What lies ready, at most `most` bytes; null at the end. */
  some(most: number): Promise<Buffer | null>;
  /** Gives back the last bytes that were taken. */
  putBack(bytes: Buffer): void;
  /** Bytes taken and not given back. */
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
