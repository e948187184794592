// Copies a file and replaces some rows; every byte outside these rows stays the same.

/** Source of the next chunk. */
type Chunks = AsyncIterable<Buffer>;

export interface Splicer {
  /**
   * Copies up to the row that starts at `line` and `column` (from 1; UTF-16 units) and puts `after` in the place of
   * `before`. Returns false and replaces nothing if the text there differs. Call it in the order of the rows.
   */
  replace(line: number, column: number, before: string, after: string): Promise<boolean>;
  /** Copies the rest. */
  end(): Promise<void>;
}

const newline = 10;

/** Copies `chunks` to `write`. */
export function createSplicer(
  chunks: Chunks,
  write: (bytes: Uint8Array | string) => void | Promise<void>,
): Splicer {
  const iterator = chunks[Symbol.asyncIterator]();
  let current: Buffer = Buffer.alloc(0);
  let at = 0;
  let line = 1;
  let unit = 1;

  const more = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done) return false;
    current = next.value;
    at = 0;
    return true;
  };

  // Skip whole lines first, so that the copy uses large pieces.
  const copyLines = async (to: number): Promise<boolean> => {
    while (line < to) {
      const start = at;
      while (line < to) {
        const found = current.indexOf(newline, at);
        if (found < 0) {
          at = current.length;
          break;
        }
        at = found + 1;
        line += 1;
        unit = 1;
      }
      await write(current.subarray(start, at));
      if (line < to && !(await more())) return false;
    }
    return true;
  };

  const copyUnits = async (to: number): Promise<boolean> => {
    for (;;) {
      const start = at;
      // The continuation bytes of the last character may be in the next chunk.
      while (at < current.length && (unit < to || isContinuation(current[at] ?? 0))) {
        unit += unitsOf(current[at] ?? 0);
        at += 1;
      }
      await write(current.subarray(start, at));
      if (at < current.length || !(await more())) return unit === to;
    }
  };

  const take = async (bytes: number): Promise<void> => {
    const parts = [current.subarray(at)];
    let size = current.length - at;
    while (size < bytes && (await more())) {
      parts.push(current);
      size += current.length;
    }
    if (parts.length > 1) {
      current = Buffer.concat(parts);
      at = 0;
    }
  };

  return {
    async replace(toLine, toColumn, before, after) {
      if (!(await copyLines(toLine)) || !(await copyUnits(toColumn))) return false;
      const wanted = Buffer.from(before);
      await take(wanted.length);
      if (!current.subarray(at, at + wanted.length).equals(wanted)) return false;
      at += wanted.length;
      await write(after);
      const last = before.lastIndexOf('\n');
      line += before.split('\n').length - 1;
      unit = last < 0 ? unit + before.length : before.length - last;
      return true;
    },
    async end() {
      do {
        await write(current.subarray(at));
        at = current.length;
      } while (await more());
    },
  };
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

// UTF-16 units that the character which starts with this byte takes.
function unitsOf(byte: number): number {
  if (isContinuation(byte)) return 0;
  return byte >= 0xf0 ? 2 : 1;
}
