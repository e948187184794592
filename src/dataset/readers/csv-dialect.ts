// Whether text is CSV, and with which delimiter: its first records say so.
import { type Cell, type Dialect, findRecordEnd, splitRecord } from './csv-record.ts';

const delimiters = [',', ';', '\t'];
const sampledRecords = 20;
const [lf, cr] = [10, 13];

/** What columns may be called for a file to be taken for CSV though its name does not say so. */
const columnName = /^[\p{L}_][\p{L}\p{N}_ .:/()#-]{0,63}$/u;
const onlyColumnName = /^(?!(?:true|false|null)$)[\p{L}_][\p{L}\p{N}_.-]{0,63}$/u;

export interface Guess extends Dialect {
  /** Whether the content alone says that this is CSV. */
  sure: boolean;
}

interface Candidate {
  delimiter: string;
  /** Cells of the header. */
  width: number;
  /** How many of the next records have as many cells. */
  share: number;
  sure: boolean;
}

/** The dialect that fits best. `head` is the start of the file after a byte order mark. */
export function guessDialect(head: Buffer): Guess {
  const lineEnd = !head.includes(lf) && head.includes(cr) ? cr : lf;
  const candidates = delimiters.map((delimiter) => judge(head, { delimiter, lineEnd }));
  const [best] = candidates
    .filter(({ width }) => width > 1)
    .sort((a, b) => b.share - a.share || b.width - a.width);
  const { delimiter, sure } = best ?? { delimiter: ',', sure: candidates[0]?.sure ?? false };
  return { delimiter, lineEnd, sure };
}

function judge(head: Buffer, dialect: Dialect): Candidate {
  const [header = [], ...records] = sample(head, dialect);
  const width = header.length;
  const fitting = records.filter((cells) => cells.length === width).length;
  const names = header.map(({ value }) => value.trim());
  // pandas leaves the header of its index empty, spreadsheets those of columns without a value.
  const named =
    width > 1
      ? names.every((name) => columnName.test(name) || name === '') && names.some(Boolean)
      : onlyColumnName.test(names[0] ?? '');
  const json = records.some(([cell]) => cell && !cell.quoted && /^\s*[[{]/.test(cell.value));
  return {
    delimiter: dialect.delimiter,
    width,
    share: records.length === 0 ? 0 : fitting / records.length,
    sure: named && fitting > 0 && !json,
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
    if (found.end > at) records.push(splitRecord(head.toString('utf8', at, found.end), dialect.delimiter));
    at = found.next;
  }
  return records;
}
