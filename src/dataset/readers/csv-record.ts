// The grammar of one CSV record (RFC 4180): its end and its cells. A quote opens a cell only at the
// cell's start; elsewhere it is a character like any other.
import { maxKeys } from '../checks/structure/too-many-keys.ts';
import { afterMarks } from './jsonl.ts';

export interface Dialect {
  /** One of `,`, `;`, `|` and tab. */
  delimiter: string;
  /** The byte that ends a line: \n, or \r in files of old Macs. */
  lineEnd: number;
  /** Whether a backslash before a quote inside a quoted cell makes it a character of the text. */
  backslash: boolean;
}

/** Where a record ends, exclusive, and where the next one starts; or what is wrong with its quotes, and where. */
export type RecordEnd =
  | { kind: 'end'; end: number; next: number }
  /** The bytes end inside the record; `quoteAt` is the quote that is still open, -1 if none is. */
  | { kind: 'open'; quoteAt: number }
  /** The quote opened at `quoteAt` closes at `at`, and neither a delimiter nor a line end follows. */
  | { kind: 'bad-close'; quoteAt: number; at: number };

const [quote, lf, cr, backslash] = [34, 10, 13, 92];

/** Finds the end of the record that starts at `from`. `last`: no bytes will follow these. */
export function findRecordEnd(bytes: Buffer, from: number, dialect: Dialect, last: boolean): RecordEnd {
  const delimiter = dialect.delimiter.charCodeAt(0);
  const { lineEnd } = dialect;
  // A byte order mark before the first cell does not hide its quote.
  let at = bytes[from] === 0xef ? afterMarks(bytes, from) : from;
  for (;;) {
    if (bytes[at] === quote) {
      const quoteAt = at;
      at = closingQuote(bytes, at + 1, dialect.backslash);
      // A quote at the very end may be the first of two.
      if (at < 0 || (at === bytes.length - 1 && !last)) return { kind: 'open', quoteAt };
      at += 1;
      const byte = bytes[at];
      const ends = at >= bytes.length || byte === lineEnd || byte === delimiter;
      if (byte === cr && lineEnd === lf) {
        if (at + 1 >= bytes.length && !last) return { kind: 'open', quoteAt };
        if (at + 1 < bytes.length && bytes[at + 1] !== lf) return { kind: 'bad-close', quoteAt, at };
      } else if (!ends) return { kind: 'bad-close', quoteAt, at };
    }
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== lineEnd) at += 1;
    if (at >= bytes.length) {
      if (!last) return { kind: 'open', quoteAt: -1 };
      return { kind: 'end', end: trimReturn(bytes, from, at, dialect), next: at };
    }
    if (bytes[at] === lineEnd)
      return { kind: 'end', end: trimReturn(bytes, from, at, dialect), next: at + 1 };
    at += 1;
  }
}

function trimReturn(bytes: Buffer, from: number, end: number, { lineEnd }: Dialect): number {
  return lineEnd === lf && end > from && bytes[end - 1] === cr ? end - 1 : end;
}

// The index of the quote that closes, or -1.
function closingQuote(bytes: Buffer, from: number, escapes: boolean): number {
  for (let at = bytes.indexOf(quote, from); at >= 0; ) {
    if (escapes && isEscaped((i) => bytes[i], from, at)) at = bytes.indexOf(quote, at + 1);
    else if (bytes[at + 1] !== quote) return at;
    else at = bytes.indexOf(quote, at + 2);
  }
  return -1;
}

// Whether an odd number of backslashes stands before the quote at `at`, in a cell that starts at `from`.
function isEscaped(unitAt: (index: number) => number | undefined, from: number, at: number): boolean {
  let before = at;
  while (before > from && unitAt(before - 1) === backslash) before -= 1;
  return (at - before) % 2 === 1;
}

export interface Cell {
  value: string;
  /** UTF-16 offset in the record of the cell's first character, after its quote if it has one. */
  start: number;
  quoted: boolean;
}

/** How the cells of a record are written; independent of line endings. */
export type CellGrammar = Pick<Dialect, 'delimiter' | 'backslash'>;

/** The most cells of a record that are read: one more than a row may have. */
const mostCells = maxKeys + 1;

/** The cells of a record that `findRecordEnd` found whole; those beyond `mostCells` are left out. */
export function splitRecord(record: string, { delimiter, backslash: escapes }: CellGrammar): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; ; at += 1) {
    if (record.charCodeAt(at) === quote) {
      let close = record.indexOf('"', at + 1);
      while (close >= 0) {
        if (escapes && isEscaped((i) => record.charCodeAt(i), at + 1, close))
          close = record.indexOf('"', close + 1);
        else if (record.charCodeAt(close + 1) === quote) close = record.indexOf('"', close + 2);
        else break;
      }
      if (close < 0) close = record.length;
      const inside = record.slice(at + 1, close);
      const value = escapes ? inside.replace(/\\"|""/g, '"') : inside.replaceAll('""', '"');
      cells.push({ value, start: at + 1, quoted: true });
      at = close + 1;
    } else {
      const end = record.indexOf(delimiter, at);
      const stop = end < 0 ? record.length : end;
      cells.push({ value: record.slice(at, stop), start: at, quoted: false });
      at = stop;
    }
    if (at >= record.length || cells.length >= mostCells) return cells;
  }
}

/** The offset in the record of UTF-16 unit `units` of a cell's value: a quote inside quotes takes two. */
export function offsetInCell(
  record: string,
  { start, quoted }: Cell,
  units: number,
  { backslash: escapes }: CellGrammar,
): number {
  if (!quoted) return start + units;
  let at = start;
  for (let i = 0; i < units && at < record.length; i += 1) {
    const unit = record.charCodeAt(at);
    const two = unit === quote || (escapes && unit === backslash && record.charCodeAt(at + 1) === quote);
    at += two ? 2 : 1;
  }
  return at;
}
