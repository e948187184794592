// CSV with a header. Records are found in bytes, so that a quote that is never closed affects only its own line.
import { isUtf8 } from 'node:buffer';
import { blankLine } from '../checks/structure/blank-line.ts';
import { csvDialect } from '../checks/structure/csv-dialect.ts';
import { innerMark } from '../checks/structure/inner-mark.ts';
import { openQuote } from '../checks/structure/open-quote.ts';
import { type Guess, guessDialect } from './csv-dialect.ts';
import { findRecordEnd, type RecordEnd } from './csv-record.ts';
import { asPlaced, createTable } from './csv-rows.ts';
import { afterMarks } from './jsonl.ts';
import { longRow, parseRowBytes } from './parse-row.ts';
import type { RawRow, Reader, ReadOptions } from './raw-row.ts';

export const csv: Reader = {
  name: 'csv',
  holds: 'CSV',
  extensions: ['.csv', '.tsv'],
  detect: (head) => guessDialect(head).sure,
  read: readCsv,
};

/** What decides the delimiter. */
const headBytes = 64 * 1024;
/** Bytes after which a batch of rows is returned. */
const stepBytes = 1_000_000;
/** Number of records that decide which columns contain JSON. */
const sampledRecords = 50;

async function* readCsv(chunks: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<RawRow[]> {
  let reading: ReturnType<typeof createReading> | null = null;
  let parts: Buffer[] = [];
  let bytes = 0;
  // An incomplete record is examined again when twice as many bytes have arrived.
  let enough = headBytes;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes < enough) continue;
    let whole = parts.length === 1 ? chunk : Buffer.concat(parts);
    reading ??= createReading(guessDialect(whole), options);
    for (let more = true; more; ) {
      ({ rest: whole, more } = reading.take(whole, false));
      const rows = reading.rows();
      if (rows.length > 0) yield rows;
    }
    parts = [whole];
    bytes = whole.length;
    enough = Math.min(bytes * 2, Math.max(bytes, options.maxRowBytes) + headBytes);
  }
  let whole: Buffer = Buffer.concat(parts);
  reading ??= createReading(guessDialect(whole), options);
  for (let more = true; more; ) {
    ({ rest: whole, more } = reading.take(whole, true));
    const rows = reading.rows(!more);
    if (rows.length > 0) yield rows;
  }
}

interface Waiting {
  record: string;
  line: number;
}

function createReading(
  dialect: Guess,
  options: ReadOptions,
): {
  /** Reads some complete records; `more`: call again with the rest. `last`: no bytes will follow. */
  take(bytes: Buffer, last: boolean): { rest: Buffer; more: boolean };
  /** The rows since the last call; none before the sample is large enough, unless `last`. */
  rows(last?: boolean): RawRow[];
} {
  const table = createTable(dialect, options);
  const limit = options.maxRowBytes;
  let line = 1;
  let waiting: (Waiting | RawRow)[] = [];
  let settled = false;
  // An unquoted record over the limit: its start, and how many bytes went by.
  let long: { start: Buffer; bytes: number } | null = null;
  // Records to skip before the header: titles, and the line that names the delimiter.
  let above = dialect.skipped + (dialect.named === null ? 0 : 1);
  const say = (message: string): void => options.remark({ check: csvDialect, message, line, column: 1 });
  if (dialect.backslash) say('Quotes inside cells are written \\", and are read as quotes.');

  const add = (read: Buffer): void => {
    const bytes = withoutMark(read);
    if (above > 0 && bytes.length > 0) {
      above -= 1;
      const text = bytes.toString('utf8').slice(0, 60);
      say(`The line above the header is skipped: ${text}`);
      return;
    }
    if (bytes.length > limit) waiting.push(longRow(bytes.subarray(0, 200), bytes.length, limit, line, 1));
    else if (!isUtf8(bytes)) waiting.push(parseRowBytes(bytes, line, 1));
    else if (bytes.length === 0)
      options.remark({ check: blankLine, message: 'The line is blank.', line, column: 1 });
    else addRecord(bytes.toString('utf8'));
  };

  const addRecord = (record: string): void => {
    if (table.repeatsHeader(record)) say('The header is repeated here; the line is skipped.');
    else if (table.hasHeader()) waiting.push({ record, line });
    else if (dialect.hasHeader) table.setHeader(record, line);
    else {
      table.nameColumns(record, line);
      waiting.push({ record, line });
    }
  };

  // Files that were joined have the mark of each before its header.
  const withoutMark = (bytes: Buffer): Buffer => {
    const from = afterMarks(bytes, 0);
    if (from === 0) return bytes;
    options.remark({
      check: innerMark,
      message: 'A byte order mark is in front of this row.',
      line,
      column: 1,
    });
    return bytes.subarray(from);
  };

  // The record is dropped up to the end of the line with the faulty quote.
  const addBroken = (bytes: Buffer, from: number, found: Exclude<RecordEnd, { kind: 'end' }>): number => {
    const stop = bytes.indexOf(dialect.lineEnd, found.quoteAt);
    const end = stop < 0 ? bytes.length : stop;
    const onLine = found.kind === 'bad-close' && found.at < end;
    const record = bytes.subarray(from, Math.min(end, from + limit));
    waiting.push({
      line,
      column: 1,
      text: asPlaced(record.toString('utf8'), dialect.lineEnd).replace(/[\r\n]$/, ''),
      value: undefined,
      fault: {
        check: openQuote,
        message: onLine
          ? 'The cell goes on after its closing quote.'
          : 'The quote that opens this cell is never closed.',
        offset: bytes.toString('utf8', from, onLine ? found.at : found.quoteAt).length,
      },
    });
    return stop < 0 ? end : stop + 1;
  };

  // Returns where the long record ends, or -1 where the bytes do first.
  const skipLong = (bytes: Buffer, from: number, last: boolean): number => {
    const stop = bytes.indexOf(dialect.lineEnd, from);
    const end = stop < 0 ? bytes.length : stop;
    long ??= { start: Buffer.from(bytes.subarray(from, from + 200)), bytes: 0 };
    long.bytes += end - from;
    if (stop < 0 && !last) return -1;
    waiting.push(longRow(long.start, long.bytes, limit, line, 1));
    long = null;
    return stop < 0 ? end : stop + 1;
  };

  const advance = (bytes: Buffer, from: number, to: number): void => {
    for (let at = bytes.indexOf(dialect.lineEnd, from); at >= 0 && at < to; line += 1)
      at = bytes.indexOf(dialect.lineEnd, at + 1);
  };

  return {
    take(bytes, last) {
      let at = 0;
      for (; at < bytes.length || (long && last); ) {
        if (at > stepBytes && !long) return { rest: bytes.subarray(at), more: true };
        let next: number;
        const found = long ? null : findRecordEnd(bytes, at, dialect, last);
        if (found?.kind === 'end') {
          add(bytes.subarray(at, found.end));
          next = found.next;
        } else if (found?.kind === 'open' && !last && bytes.length - at <= limit)
          return { rest: bytes.subarray(at), more: false };
        else if (found && found.quoteAt >= 0 && (last || bytes.includes(dialect.lineEnd, found.quoteAt)))
          next = addBroken(bytes, at, found);
        else next = skipLong(bytes, at, last);
        if (next < 0) break;
        advance(bytes, at, next);
        at = next;
      }
      return { rest: bytes.subarray(bytes.length), more: false };
    },
    rows(last = false) {
      if (!settled && waiting.length < sampledRecords && !last) return [];
      if (!settled)
        table.settle(
          waiting.slice(0, sampledRecords).flatMap((each) => ('record' in each ? [each.record] : [])),
        );
      settled = true;
      const rows = waiting.flatMap((each) => {
        if (!('record' in each)) return [each];
        const row = table.row(each.record, each.line);
        if (!row) {
          const message = 'All cells of the record are empty.';
          options.remark({ check: blankLine, message, line: each.line, column: 1 });
        }
        return row ?? [];
      });
      waiting = [];
      return rows;
    },
  };
}
