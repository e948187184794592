// Detects from the first records whether text is CSV, and its dialect.
import { findStart, type Start } from './csv-header.ts';
import { type Cell, type Dialect, findRecordEnd, splitRecord } from './csv-record.ts';

const delimiters = [',', ';', '\t', '|'];
const sampledRecords = 20;
const [lf, cr, quote] = [10, 13, 34];

/** Column names that identify a file as CSV even if its name does not. */
const columnName = /^[\p{L}_][\p{L}\p{N}_ .:/()#-]{0,63}$/u;
const onlyColumnName = /^(?!(?:true|false|null)$)[\p{L}_][\p{L}\p{N}_.-]{0,63}$/u;

/** The line that tells Excel the delimiter. */
const separatorLine = /^"?sep=(.)"?[ \t]*(?:\r\n?|\n)/i;

export interface Guess extends Dialect, Start {
  /** Whether the content alone says that this is CSV. */
  sure: boolean;
  /** What the first line names as the delimiter (`sep=;`); null if there is no such line. */
  named: string | null;
}

interface Candidate {
  dialect: Dialect;
  /** Cells of the header. */
  width: number;
  /** How many of the next records have as many cells. */
  share: number;
  sure: boolean;
  records: Cell[][];
}

/** The dialect that fits best. `head` is the start of the file after a byte order mark. */
export function guessDialect(head: Buffer): Guess {
  const lineEnd = findLineEnd(head);
  const line = separatorLine.exec(head.toString('latin1', 0, 16));
  const rest = head.subarray(line?.[0].length ?? 0);
  const named = line?.[1] ?? null;
  const candidates = (named === null ? delimiters : [named]).map((delimiter) =>
    withBackslash(rest, judge(rest, { delimiter, lineEnd, backslash: false })),
  );
  const [best] = candidates
    .filter(({ width }) => width > 1)
    .sort((a, b) => b.share - a.share || b.width - a.width);
  const chosen = titled(rest, candidates) ?? best;
  const { dialect, sure } = chosen ?? {
    dialect: { delimiter: named ?? ',', lineEnd, backslash: false },
    sure: candidates[0]?.sure ?? false,
  };
  const start = findStart(chosen?.records ?? []);
  return { ...dialect, ...start, sure: sure || (named !== null && (chosen?.width ?? 0) > 1), named };
}

// Files of old Macs end lines with \r. A line feed inside quotes does not end a line.
function findLineEnd(head: Buffer): number {
  if (!head.includes(cr)) return lf;
  let quoted = false;
  for (const byte of head) {
    if (byte === quote) quoted = !quoted;
    else if (byte === lf && !quoted) return lf;
  }
  return cr;
}

// A title above the header has one cell or empty ones, so it does not show the header's delimiter.
function titled(head: Buffer, candidates: readonly Candidate[]): Candidate | null {
  const found = candidates.filter(({ records }) => findStart(records).skipped > 0);
  return found.length === 1 && head.length > 0 ? (found[0] ?? null) : null;
}

// Quotes are escaped as \" if that fits every record and the usual "" does not.
function withBackslash(head: Buffer, usual: Candidate): Candidate {
  if (!head.includes('\\"') || fitsAll(usual, head)) return usual;
  const other = judge(head, { ...usual.dialect, backslash: true });
  return other.width > 1 && fitsAll(other, head) ? other : usual;
}

function fitsAll({ dialect, records, width }: Candidate, head: Buffer): boolean {
  return records.every((cells) => cells.length === width) && !hasFault(head, dialect);
}

function hasFault(head: Buffer, dialect: Dialect): boolean {
  for (let at = 0, tried = 0; at < head.length && tried < sampledRecords; tried += 1) {
    const found = findRecordEnd(head, at, dialect, true);
    if (found.kind !== 'end') return found.kind === 'bad-close' || head.length < 64 * 1024;
    at = found.next;
  }
  return false;
}

function judge(head: Buffer, dialect: Dialect): Candidate {
  const all = sample(head, dialect);
  const [header = [], ...records] = all;
  const width = header.length;
  const fitting = records.filter((cells) => cells.length === width).length;
  const names = header.map(({ value }) => value.trim());
  // pandas leaves the header of its index empty, spreadsheets those of columns without a value. Tables of Markdown have
  // such names, too, and are not CSV.
  const empty = dialect.delimiter !== '|';
  const named =
    width > 1
      ? names.every((name) => columnName.test(name) || (name === '' && empty)) && names.some(Boolean)
      : onlyColumnName.test(names[0] ?? '');
  const json = records.some(([cell]) => cell && !cell.quoted && /^\s*[[{]/.test(cell.value));
  return {
    dialect,
    width,
    share: records.length === 0 ? 0 : fitting / records.length,
    sure: named && fitting > 0 && !json,
    records: all,
  };
}

// The first records that are whole; one that is cut off where `head` ends counts, as it may be the file's last.
function sample(head: Buffer, dialect: Dialect): Cell[][] {
  const records: Cell[][] = [];
  for (let at = 0, tried = 0; at < head.length && tried < sampledRecords; tried += 1) {
    const found = findRecordEnd(head, at, dialect, true);
    if (found.kind !== 'end') {
      const line = head.indexOf(dialect.lineEnd, found.quoteAt);
      if (line < 0 || tried === 0) break;
      at = line + 1;
      continue;
    }
    if (found.end > at) records.push(splitRecord(head.toString('utf8', at, found.end), dialect));
    at = found.next;
  }
  return records;
}
