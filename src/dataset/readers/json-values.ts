// A JSON array of rows, read as a stream; also arrays after arrays, and objects spread over lines without an array.
import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { arraySeparator } from '../checks/structure/array-separator.ts';
import { fileShape } from '../checks/structure/file-shape.ts';
import { innerMark } from '../checks/structure/inner-mark.ts';
import { textAfterArray } from '../checks/structure/text-after-array.ts';
import { truncatedArray } from '../checks/structure/truncated-array.ts';
import { afterMarks } from './jsonl.ts';
import { longRow, parseRow, parseRowBytes } from './parse-row.ts';
import type { RawRow, Reader, ReadOptions } from './raw-row.ts';
import { type Piece, salvageRows } from './salvage-rows.ts';
import { createSplitter } from './value-splitter.ts';

export const jsonArray: Reader = {
  name: 'json-array',
  holds: 'a JSON array',
  extensions: ['.json'],
  detect: (head) => /^\s*[[{]/.test(head.toString('utf8')),
  read: readValues,
};

const stepBytes = 256 * 1024;

async function* readValues(chunks: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<RawRow[]> {
  let rows: RawRow[] = [];
  let line = 1;
  let column = 1;
  let arrayOpen = false;
  let arraysSeen = 0;
  let valuesSeen = 0;
  /** Commas since the last value; -1 before the first one of an array. */
  let commas = -1;
  let saidLoose = false;
  let saidAfter = false;

  const separator = (message: string): void =>
    options.remark({ check: arraySeparator, message, line, column });

  const advance = (text: string): void => {
    let last = -1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      line += 1;
      last = at;
    }
    column = last < 0 ? column + text.length : text.length - last;
  };

  // More bytes than one JavaScript string can have.
  const advanceOver = (bytes: Buffer): void => {
    const decoder = new StringDecoder('utf8');
    for (let at = 0; at < bytes.length; at += stepBytes)
      advance(decoder.write(bytes.subarray(at, at + stepBytes)));
    advance(decoder.end());
  };

  const remarkBefore = (text: string): void => {
    if (arrayOpen) {
      if (commas === 0) separator('A comma is missing before this row.');
      if (commas > 1 || (commas > 0 && valuesSeen === 0))
        separator('There is a comma too many before this row.');
    } else if (arraysSeen > 0 && !saidAfter) {
      saidAfter = true;
      options.remark({
        check: textAfterArray,
        message: 'The array has ended, and more text follows; its rows are read too.',
        line,
        column,
      });
    } else if (arraysSeen === 0 && !saidLoose && (text.includes('\n') || commas > 0)) {
      saidLoose = true;
      options.remark({
        check: fileShape,
        message:
          commas > 0
            ? 'The rows are separated by commas, but are not in an array.'
            : 'A row is spread over several lines, and the file is not an array.',
        line,
        column,
      });
    }
    commas = 0;
  };

  const addRow = (row: RawRow, bytes: Buffer): void => {
    remarkBefore(row.text);
    valuesSeen += 1;
    rows.push(row);
    if (bytes.length > options.maxRowBytes) advanceOver(bytes);
    else advance(row.text);
  };

  const parse = (bytes: Buffer): RawRow => {
    if (bytes.length > options.maxRowBytes)
      return longRow(bytes.subarray(0, 200), bytes.length, options.maxRowBytes, line, column);
    return isUtf8(bytes)
      ? parseRow(bytes.toString('utf8'), line, column)
      : parseRowBytes(bytes, line, column);
  };

  const addPieces = (pieces: readonly Piece[]): void => {
    for (const { value, rest } of pieces) {
      addRow(parse(value), value);
      advance(rest);
      commas = rest.includes(',') ? 1 : 0;
      if (rest.includes(']')) arrayOpen = false;
    }
  };

  const addValue = (value: Buffer): void => {
    const from = afterJoint(value);
    const bytes = value.subarray(from);
    if (from > 0) {
      // Between arrays or rows that were joined; the bracket of the next array may follow it.
      options.remark({
        check: innerMark,
        message: 'A byte order mark is in front of this row.',
        line,
        column,
      });
      if (bytes[0] !== undefined && !arrayOpen) {
        splitter.push(bytes);
        return;
      }
      if (bytes.length === 0) return;
    }
    const row = parse(bytes);
    // An unclosed bracket may have swallowed the next rows.
    const pieces = row.fault ? salvageRows(bytes, column) : [];
    if (pieces.length > 1) addPieces(pieces);
    else addRow(row, bytes);
  };

  const splitter = createSplitter(() => arrayOpen, {
    value: addValue,
    skipped: (bytes) => advance(bytes.toString('utf8')),
    between(byte) {
      if (byte === 44) commas = Math.max(commas, 0) + 1;
      else if (byte === 91) {
        if (arraysSeen > 0) remarkBefore('');
        arrayOpen = true;
        arraysSeen += 1;
        valuesSeen = 0;
        commas = -1;
      } else if (byte === 93) {
        if (!arrayOpen) separator('This "]" closes nothing.');
        else if (commas > 0) separator('There is a comma before the closing "]".');
        arrayOpen = false;
        commas = 0;
      }
      if (byte === 10) {
        line += 1;
        column = 1;
      } else column += 1;
    },
  });

  // The open value is over the limit: several rows in one, or a row that is only counted from here on.
  const relieve = (): void => {
    const bytes = Buffer.concat(splitter.open());
    const pieces = salvageRows(bytes, column);
    const last = pieces.pop();
    if (!last || pieces.length === 0) {
      addRow(parse(bytes), bytes);
      splitter.forget();
      return;
    }
    splitter.drop();
    addPieces(pieces);
    splitter.push(Buffer.concat([last.value, Buffer.from(last.rest)]));
  };

  for await (const chunk of chunks) {
    splitter.push(chunk);
    if (splitter.openBytes() > options.maxRowBytes) relieve();
    if (rows.length > 0) {
      yield rows;
      rows = [];
    }
  }
  if (splitter.openBytes() > 0) addValue(Buffer.concat(splitter.open()));
  if (arrayOpen)
    options.remark({
      check: truncatedArray,
      message: 'The file ends inside its array: the closing "]" is missing.',
      line,
      column,
    });
  if (rows.length > 0) yield rows;
}

// Byte order marks, and space between them: taken in one go, as a file may have any number of them.
function afterJoint(bytes: Buffer): number {
  let after = afterMarks(bytes, 0);
  if (after === 0) return 0;
  for (let at = after; at < bytes.length; ) {
    const byte = bytes[at] as number;
    at = byte === 32 || byte === 9 || byte === 13 ? at + 1 : afterMarks(bytes, at);
    if (at === after) break;
    after = at;
  }
  return after;
}
