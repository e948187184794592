// Finds where values start and end in a stream of bytes, without parsing them: the part of JSON that streaming needs.
// A value is whatever stands between the array's commas, junk included, so that no byte goes unaccounted for.

export interface SplitterEvents {
  /** The bytes of one value, whole. */
  value(bytes: Buffer): void;
  /** A byte between values: space, comma, bracket. */
  between(byte: number): void;
  /** More bytes of a value whose start was forgotten. */
  skipped(bytes: Buffer): void;
}

export interface Splitter {
  push(chunk: Buffer): void;
  /** Bytes of the value that is still open, in order; empty if none is. */
  open(): Buffer[];
  openBytes(): number;
  /** Gives up the open value; what follows is read as if it had ended. */
  drop(): void;
  /** Lets go of the bytes of the open value and of those still to come of it. */
  forget(): void;
}

const [tab, lf, cr, space, quote, comma, backslash] = [9, 10, 13, 32, 34, 44, 92];
const [openArray, closeArray, openObject, closeObject] = [91, 93, 123, 125];

/** A splitter; `inArray` says whether an array is open, as a `[` is then a value and not an opening. */
export function createSplitter(inArray: () => boolean, events: SplitterEvents): Splitter {
  let parts: Buffer[] = [];
  let bytes = 0;
  let inValue = false;
  let nested = false;
  let depth = 0;
  let inString = false;
  let escaped = false;

  let forgotten = false;

  const reset = (): void => {
    parts = [];
    bytes = 0;
    inValue = false;
    depth = 0;
    inString = false;
    escaped = false;
    forgotten = false;
  };

  const finish = (tail: Buffer): void => {
    const whole = parts.length === 0 ? tail : Buffer.concat([...parts, tail]);
    const skips = forgotten;
    reset();
    if (skips) events.skipped(whole);
    else events.value(whole);
  };

  // Walks an object or array to its closing bracket; returns the index after it, or -1 if the chunk ends first.
  const walkNested = (chunk: Buffer, from: number): number => {
    for (let i = from; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === quote) inString = false;
        else if (byte === backslash) escaped = true;
        // JSON strings cannot contain a raw line break, so a missing quote ends with its line and affects one row only.
        else if (byte === lf) inString = false;
      } else if (byte === quote) inString = true;
      else if (byte === openObject || byte === openArray) depth += 1;
      else if (byte === closeObject || byte === closeArray) {
        depth -= 1;
        if (depth === 0) return i + 1;
      }
    }
    return -1;
  };

  // A string, number, word or junk ends at a comma, closing bracket or line end outside quotes.
  const walkFlat = (chunk: Buffer, from: number): number => {
    for (let i = from; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (byte === lf) return i;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === quote) inString = false;
        else if (byte === backslash) escaped = true;
      } else if (byte === quote) inString = true;
      else if (byte === comma || byte === closeArray || byte === openObject) return i;
    }
    return -1;
  };

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (!inValue) {
          const byte = chunk[at] ?? 0;
          const divides =
            byte === space ||
            byte === lf ||
            byte === cr ||
            byte === tab ||
            byte === comma ||
            byte === closeArray;
          if (divides || (byte === openArray && !inArray())) {
            events.between(byte);
            at += 1;
            continue;
          }
          inValue = true;
          nested = byte === openObject || byte === openArray;
        }
        const start = at;
        // The first byte of a flat value is taken whatever it is, so that a stray bracket moves on.
        const flatFrom = bytes === 0 && !forgotten && chunk[at] !== quote ? at + 1 : at;
        const end = nested ? walkNested(chunk, at) : walkFlat(chunk, flatFrom);
        if (end < 0) {
          if (forgotten) events.skipped(chunk.subarray(start));
          else {
            parts.push(chunk.subarray(start));
            bytes += chunk.length - start;
          }
          return;
        }
        finish(chunk.subarray(start, end));
        at = end;
      }
    },
    open: () => parts,
    openBytes: () => bytes,
    drop: reset,
    forget() {
      parts = [];
      bytes = 0;
      forgotten = true;
    },
  };
}
