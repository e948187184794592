// JSON lines. The hot path of every scan: find newlines in bytes, decode and parse each line, nothing else.
import { isUtf8 } from 'node:buffer';
import { blankLine } from '../checks/structure/blank-line.ts';
import { innerMark } from '../checks/structure/inner-mark.ts';
import { longRow, parseRow, parseRowBytes } from './parse-row.ts';
import type { RawRow, Reader, ReadOptions } from './raw-row.ts';

const newline = 10;
const blank = /^[ \t\r]*$/;

export const jsonl: Reader = {
  name: 'jsonl',
  holds: 'JSON lines',
  extensions: ['.jsonl', '.ndjson'],
  detect: looksLikeLines,
  read: readLines,
};

function looksLikeLines(head: Buffer): boolean {
  const lines = head
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim());
  const first = lines.findIndex((line) => line !== '');
  const line = lines[first];
  if (line === undefined) return true;
  const next = lines.slice(first + 1).find((each) => each !== '');
  if (!line.startsWith('{') && !line.startsWith('[')) return true;
  const whole = parses(line);
  // A whole array on the first line is the file, unless more rows follow it.
  if (line.startsWith('[')) return whole && next !== undefined && /^[[{]/.test(next);
  if (whole || next === undefined) return true;
  // `{` alone or an open member: an object spread over lines. `{…},` on every line: rows divided by commas.
  return !(/[{[,]$/.test(line) || parses(line.replace(/,$/, '')));
}

function parses(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Whole lines of a file, in one part or two, or one line over the size limit as the row that stands for it. */
export type LineRegion =
  | { parts: readonly Buffer[]; tooLong?: undefined }
  | { parts?: undefined; tooLong: RawRow };

/** Cuts a stream after line breaks. `line` of a row that is too long counts from 1 within its own region. */
export async function* cutLines(
  chunks: AsyncIterable<Buffer>,
  maxRowBytes: number,
): AsyncGenerator<LineRegion> {
  // The unfinished last line of what was read: its chunks, or only its start once it is over the limit.
  let rest: Buffer[] = [];
  let restBytes = 0;
  const tooLong = (start: Buffer, bytes: number): LineRegion => ({
    tooLong: longRow(start, bytes, maxRowBytes, 1, 1),
  });
  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(newline);
    if (last < 0) {
      restBytes += chunk.length;
      rest.push(chunk);
      // Over the limit, keep only the start and the count.
      if (restBytes > maxRowBytes) rest = [startOf(rest)];
      continue;
    }
    const parts: Buffer[] = [];
    let region = chunk.subarray(0, last + 1);
    if (restBytes > 0) {
      const end = chunk.indexOf(newline);
      if (restBytes + end > maxRowBytes) {
        yield tooLong(startOf([...rest, chunk]), restBytes + end);
      } else parts.push(Buffer.concat([...rest, chunk.subarray(0, end + 1)]));
      // Keep a cut line separate, because joining it with the others would copy every byte of the file.
      region = chunk.subarray(end + 1, last + 1);
    }
    rest = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : [];
    restBytes = chunk.length - last - 1;
    if (region.length > 0) parts.push(region);
    if (parts.length > 0) yield { parts };
  }
  if (restBytes > maxRowBytes) yield tooLong(startOf(rest), restBytes);
  else if (restBytes > 0) yield { parts: [Buffer.concat(rest)] };
}

// A copy: a part of the chunk would keep all of it.
function startOf(parts: readonly Buffer[]): Buffer {
  const start = Buffer.alloc(200);
  let length = 0;
  for (const part of parts) if (length < start.length) length += part.copy(start, length);
  return start.subarray(0, length);
}

/** The rows of whole lines, the first of which is `line` of the file; and how many lines there were. */
export function readRegion(
  region: Buffer,
  line: number,
  options: ReadOptions,
): { rows: RawRow[]; lines: number } {
  const rows: RawRow[] = [];
  const clean = isUtf8(region);
  let at = line;
  for (let start = 0; start < region.length; at += 1) {
    const found = region.indexOf(newline, start);
    const end = found < 0 ? region.length : found;
    const row = readLine(region, start, end, clean, at, options);
    if (row) rows.push(row);
    start = end + 1;
  }
  return { rows, lines: at - line };
}

/** One line without its break; null, with a remark, if it is blank. `clean`: the bytes are known to be UTF-8. */
export function readLine(
  region: Buffer,
  start: number,
  to: number,
  clean: boolean,
  line: number,
  { maxRowBytes, remark }: ReadOptions,
): RawRow | null {
  const from = region[start] === 0xef ? afterMarks(region, start) : start;
  if (from > start)
    remark({ check: innerMark, message: 'A byte order mark is in front of this row.', line, column: 1 });
  const end = region[to - 1] === 13 && to > from ? to - 1 : to;
  if (end - from > maxRowBytes)
    return longRow(region.subarray(from, from + 200), end - from, maxRowBytes, line, 1);
  if (!clean) {
    const bytes = region.subarray(from, end);
    if (!isUtf8(bytes)) return parseRowBytes(bytes, line, 1);
  }
  const text = region.toString('utf8', from, end);
  if ((end === from || (region[from] ?? 0) <= 32) && blank.test(text)) {
    remark({ check: blankLine, message: 'The line is blank.', line, column: 1 });
    return null;
  }
  return parseRow(text, line, 1);
}

// Bytes of a byte order mark. Inside a file it shows that files were joined, and is not part of the row.
const markBytes = 3;

/** The index after the byte order marks at `at`: files that were joined again and again have several. */
export function afterMarks(bytes: Buffer, at: number): number {
  let after = at;
  while (bytes[after] === 0xef && bytes[after + 1] === 0xbb && bytes[after + 2] === 0xbf) after += markBytes;
  return after;
}

async function* readLines(chunks: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<RawRow[]> {
  let line = 1;
  for await (const { parts, tooLong } of cutLines(chunks, options.maxRowBytes)) {
    if (tooLong) {
      yield [{ ...tooLong, line }];
      line += 1;
      continue;
    }
    for (const bytes of parts) {
      const { rows, lines } = readRegion(bytes, line, options);
      line += lines;
      yield rows;
    }
  }
}
