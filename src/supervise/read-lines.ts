// Whole lines of a growing file. What follows the last newline is still being written, and waits.

export interface RawLine {
  /** Byte offset after the newline. */
  end: number;
  /** Null: too long to be an event. */
  text: string | null;
}

/** Reads `length` bytes of the file from a byte offset. */
export type ReadBytes = (from: number, length: number) => Promise<Buffer>;

export interface LineLimits {
  /** How much is read at once. */
  chunkBytes: number;
  /** A longer line is skipped without ever being held in memory. */
  maxLineBytes: number;
}

const defaults: LineLimits = { chunkBytes: 1 << 20, maxLineBytes: 16 << 20 };

export interface ReadLines {
  lines: RawLine[];
  /** The file ended here when it was read. */
  atEnd: boolean;
}

/** The next whole lines from byte `from`; none if no newline has been written yet. */
export async function readLines(
  read: ReadBytes,
  from: number,
  limits: LineLimits = defaults,
): Promise<ReadLines> {
  for (let size = limits.chunkBytes; ; size = Math.min(size * 4, limits.maxLineBytes)) {
    const bytes = await read(from, size);
    const whole = bytes.lastIndexOf(10) + 1;
    const atEnd = bytes.length < size;
    if (whole > 0) return { lines: splitLines(bytes.subarray(0, whole), from), atEnd };
    if (atEnd) return { lines: [], atEnd };
    if (size >= limits.maxLineBytes) return { lines: await skipLongLine(read, from, limits), atEnd: false };
  }
}

function splitLines(bytes: Buffer, from: number): RawLine[] {
  const lines: RawLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    lines.push({ end: from + newline + 1, text: bytes.toString('utf8', start, newline) });
    start = newline + 1;
  }
  return lines;
}

/** A file with no line break for so long holds no events: a failing disk, for example, leaves a hole. */
const hopelessBytes = 64 << 20;

async function skipLongLine(read: ReadBytes, from: number, limits: LineLimits): Promise<RawLine[]> {
  for (let at = from + limits.maxLineBytes; ; ) {
    const bytes = await read(at, limits.chunkBytes);
    const newline = bytes.indexOf(10);
    if (newline >= 0) return [{ end: at + newline + 1, text: null }];
    if (bytes.length < limits.chunkBytes) return [];
    at += bytes.length;
    if (at - from > hopelessBytes) return [{ end: await endOfFile(read, at, limits), text: null }];
  }
}

// By steps that double while there is more, and halve when there is not.
async function endOfFile(read: ReadBytes, from: number, { chunkBytes }: LineLimits): Promise<number> {
  let end = from;
  for (let step = chunkBytes; step >= 1; ) {
    const more = (await read(end + step - 1, 1)).length > 0;
    if (more) end += step;
    step = more ? step * 2 : Math.floor(step / 2);
  }
  return end;
}
