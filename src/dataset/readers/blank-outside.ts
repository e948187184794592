// Turns the rows inside an object into a plain array: all other bytes become spaces, so that lines and columns
// stay the same. It works on a stream of bytes in constant memory.

const [tab, lf, cr, space, quote, comma, colon, backslash] = [9, 10, 13, 32, 34, 44, 58, 92];
const [openArray, closeArray, openObject, closeObject] = [91, 93, 123, 125];

export interface Inside {
  /** The path of keys to the list, or to the object whose members are rows. */
  path: readonly string[];
  kind: 'list' | 'map';
}

/** The bytes with everything outside blanked; for an object of rows also the keys, and its braces become brackets. */
export async function* blankOutside(
  chunks: AsyncIterable<Buffer>,
  inside: Inside,
  beside: Beside,
): AsyncGenerator<Buffer> {
  const blank = createBlanker(inside, beside);
  for await (const chunk of chunks) yield blank(chunk);
}

/** Receives each list beside the rows: its key, and its text or the beginning of it. */
export type Beside = (key: string, start: string) => void;

/** Bytes of a list beside the rows that are kept. */
const mostBeside = 4096;

/** An open object or array around the rows. */
interface Around {
  object: boolean;
  /** How many keys of the path lead to it; -1 if it is not on the path. */
  matched: number;
  key: string | null;
  /** Whether the next string is a key. */
  keyNext: boolean;
}

function createBlanker({ path, kind }: Inside, beside: Beside): (chunk: Buffer) => Buffer {
  const opens = kind === 'list' ? openArray : openObject;
  const closes = kind === 'list' ? closeArray : closeObject;
  const around: Around[] = [];
  /** Number of open brackets inside the rows, including the rows' own; 0 outside. */
  let depth = 0;
  let rowKeyNext = false;
  let inString = false;
  let escaped = false;
  let isKey = false;
  let key: number[] = [];
  /** A list beside the rows: how many brackets were open around it, its key and its first bytes. */
  let list: { depth: number; key: string; bytes: number[] } | null = null;

  const keepList = (byte: number): void => {
    if (!list) return;
    list.bytes.push(byte);
    if (around.length > list.depth && list.bytes.length < mostBeside) return;
    beside(list.key, Buffer.from(list.bytes).toString('utf8'));
    list = null;
  };

  // Whether a byte of the rows is shown.
  const inRows = (byte: number): boolean => {
    const top = kind === 'map' && depth === 1;
    if (byte === quote) {
      inString = true;
      isKey = top && rowKeyNext;
      return !isKey;
    }
    if (byte === openArray || byte === openObject) depth += 1;
    else if (byte === closeArray || byte === closeObject) {
      // An extra bracket in a row does not end the rows.
      if (depth > 1 || byte === closes) depth -= 1;
    } else if (byte === comma) rowKeyNext = depth === 1;
    else if (byte === colon && top) {
      rowKeyNext = false;
      return false;
    }
    return true;
  };

  const outside = (byte: number): void => {
    const top = around.at(-1);
    if (byte === quote) {
      inString = true;
      isKey = top?.object === true && top.keyNext;
      key = [];
    } else if (byte === comma) {
      if (top) top.keyNext = top.object;
    } else if (byte === openArray || byte === openObject) {
      const leads = top?.object === true && top.matched >= 0 && top.key === path[top.matched];
      const matched = !top ? 0 : leads ? top.matched + 1 : -1;
      if (matched === path.length && byte === opens) {
        depth = 1;
        rowKeyNext = true;
      } else {
        const object = byte === openObject;
        if (!object && top && top.matched >= 0)
          list ??= { depth: around.length, key: top.key ?? '', bytes: [] };
        around.push({ object, matched, key: null, keyNext: object });
      }
    } else if (byte === closeArray || byte === closeObject) around.pop();
  };

  const inText = (byte: number): void => {
    if (escaped) escaped = false;
    else if (byte === backslash) escaped = true;
    // JSON strings cannot contain a raw line break, so a missing quote affects only its own line.
    else if (byte === quote || byte === lf) {
      inString = false;
      const top = around.at(-1);
      if (isKey && depth === 0 && top) {
        top.key = keyOf(key);
        top.keyNext = false;
      }
    }
    if (inString && isKey && depth === 0) key.push(byte);
  };

  const step = (byte: number): boolean => {
    const before = depth;
    if (inString) {
      inText(byte);
      if (list) keepList(byte);
      return before > 0 && !isKey;
    }
    if (before > 0) return inRows(byte);
    outside(byte);
    if (list) keepList(byte);
    return depth > 0;
  };

  return (chunk) => {
    const out = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i] as number;
      const before = depth;
      const shown = step(byte);
      if ((before === 0) !== (depth === 0)) out[length++] = depth > 0 ? openArray : closeArray;
      else if (shown || byte === lf || byte === cr || byte === tab) out[length++] = byte;
      else length = writeBlank(out, length, byte);
    }
    return out.subarray(0, length);
  };
}

// Columns count UTF-16 units: a character of four bytes is two, any other is one.
function writeBlank(out: Buffer, at: number, byte: number): number {
  if ((byte & 0xc0) === 0x80) return at;
  out[at] = space;
  if (byte < 0xf0) return at + 1;
  out[at + 1] = space;
  return at + 2;
}

function keyOf(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
