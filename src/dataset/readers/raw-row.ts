// What a reader makes of a file: rows with their place and raw text, and remarks on the file itself.
import type { Check } from '../checks/check.ts';
import type { RandomAccess } from '../scan/random-access.ts';

/** A line or array element; `line` and `column` say where its text starts in the file, both from 1. */
export interface RawRow {
  line: number;
  column: number;
  /** The row's raw JSON; only the first 200 characters of a row over the size limit. */
  text: string;
  /** What JSON.parse made of it; undefined if `fault` stands. */
  value: unknown;
  fault: RowFault | null;
  /** If `text` was made from something else (a CSV record, a Parquet row): what it was made from. Plain data. */
  origin?: RowOrigin;
  /** A column of pictures, sound or film whose bytes were left out. */
  media?: string;
}

/**
 * A CSV record or a text file as it stands, so that places lead into it; a row of a table, which has a number and no
 * place inside; a row whose values stand in several places; or JSON that was made from the text in `record`.
 */
export type RowOrigin =
  | { kind: 'text'; document: string }
  | { kind: 'csv'; record: string; names: readonly string[]; delimiter: string; backslash: boolean }
  | { kind: 'table' }
  | { kind: 'cells'; cells: readonly PlacedCell[] }
  | { kind: 'rewritten'; record: string; offsets: Offsets; of?: RowOrigin };

/** A value of a row that is put together from several places. */
export interface PlacedCell {
  name: string;
  /** Its JSON as it stands in the file. */
  text: string;
  line: number;
  column: number;
}

/**
 * Pairs, in order: from this UTF-16 unit of the JSON on, the text it was made from is at that unit; up to the next pair
 * both move on alike.
 */
export type Offsets = readonly (readonly [to: number, from: number])[];

/** Why a row could not be read. `offset` is in UTF-16 units of the row's text. */
export interface RowFault {
  check: Check;
  message: string;
  offset: number;
  hint?: string;
}

/** A remark on the file that belongs to no row. */
export interface FileRemark {
  check: Check;
  message: string;
  hint?: string;
  line?: number;
  column?: number;
  data?: Record<string, unknown>;
}

export interface ReadOptions {
  /** Rows longer than this many bytes are named and skipped. */
  maxRowBytes: number;
  remark(remark: FileRemark): void;
}

export interface Reader {
  name: string;
  /** What the file holds, for people: `a JSON array`. */
  holds: string;
  /** Extensions that promise this kind of content. */
  extensions: readonly string[];
  /** Whether the first bytes of a file (after a byte order mark) look like this reader's content. */
  detect(head: Buffer): boolean;
  /** Rows in batches, in order; memory stays that of a chunk and the longest row. */
  read(chunks: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<RawRow[]>;
}

/** A reader that starts at the end of a file and jumps. */
export interface TableReader extends Omit<Reader, 'read'> {
  /** Rows in batches, in order; memory is that of a row group. */
  readFile(file: RandomAccess, options: ReadOptions): AsyncGenerator<RawRow[]>;
}
