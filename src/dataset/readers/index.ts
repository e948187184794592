// The readers in the order in which they are tried. Detection goes by content, and by the file's name only if the
// content is not clear.
import { fileShape } from '../checks/structure/file-shape.ts';
import { otherKind } from '../checks/structure/other-kind.ts';
import { changeRows, chooseChanges, sampledRows } from './change-rows.ts';
import { csv } from './csv.ts';
import { findRows, isViewerPage } from './find-rows.ts';
import { jsonArray } from './json-values.ts';
import { jsonl } from './jsonl.ts';
import { findOtherKind } from './other-kind.ts';
import { parquet } from './parquet.ts';
import { parseRow } from './parse-row.ts';
import { parsePartial } from './partial-json.ts';
import { fromPython } from './python-notation.ts';
import type { RawRow, Reader, ReadOptions, TableReader } from './raw-row.ts';
import { textFile } from './text-file.ts';
import { readWhole } from './whole-value.ts';
import { readerOf } from './wrapped.ts';

export const readers: readonly (Reader | TableReader)[] = [parquet, csv, jsonl, jsonArray, textFile];

/** The reader for a file's first bytes (after a byte order mark). `name` is the file's, without `.gz` or `.zst`. */
export function chooseReader(head: Buffer, name = ''): Reader | TableReader {
  const kept = chooseKept(head, name);
  if (kept === textFile || kept === parquet || head.length === 0) return kept;
  const other = findOtherKind(head, name);
  if (other) return nothingOf(other);
  if (kept !== jsonl && kept !== jsonArray) return kept;
  if (head.includes(13) && !head.includes(10) && startsValue(head)) return withLineEnds(head, name);
  return chooseJson(head, kept);
}

function chooseKept(head: Buffer, name: string): Reader | TableReader {
  if (promises(textFile, name) && !parquet.detect(head) && !holdsJson(head)) return textFile;
  const found = readers.find((reader) => reader.detect(head)) ?? jsonl;
  // Lines that are not JSON may be broken JSON lines or unusual CSV.
  return found === jsonl && !startsValue(head) && head.length > 0 && promises(csv, name) ? csv : found;
}

function startsValue(head: Buffer): boolean {
  return /^\s*[[{]/.test(head.toString('utf8', 0, 4096));
}

/** Whether the file name matches that reader. */
export function promises({ extensions }: Pick<Reader, 'extensions'>, name: string): boolean {
  return extensions.some((end) => name.toLowerCase().endsWith(end));
}

// Rows in a file named as text. A text may also begin with a bracket, so require a complete value.
function holdsJson(head: Buffer): boolean {
  const text = head.toString('utf8').trimStart();
  if (!/^[[{]/.test(text)) return false;
  const line = text.split('\n', 1)[0] ?? '';
  try {
    JSON.parse(line);
    return true;
  } catch {
    // An array or an object that is spread over lines.
    return /^(?:\[\s*[[{]|\{\s*"(?:[^"\\]|\\.)*"\s*:)/.test(text);
  }
}

function nothingOf({ kind, hint }: { kind: string; hint: string }): Reader {
  return {
    name: 'other',
    holds: kind,
    extensions: [],
    detect: () => false,
    // biome-ignore lint/correctness/useYield: there are no rows
    async *read(_chunks, options) {
      options.remark({ check: otherKind, message: `The file is ${kind}.`, hint });
    },
  };
}

// Outside strings a carriage return is white space, and JSON strings cannot contain one, so it can be read as a line feed.
function withLineEnds(head: Buffer, name: string): Reader {
  const inner = chooseReader(lineFeeds(head), name) as Reader;
  async function* read(chunks: AsyncIterable<Buffer>, options: ReadOptions): AsyncGenerator<RawRow[]> {
    options.remark({
      check: fileShape,
      message: 'Lines end with a carriage return only; each is read as a line.',
      hint: "end lines with \\n: tr '\\r' '\\n' < FILE > rows.jsonl",
    });
    async function* lines(): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) yield lineFeeds(chunk);
    }
    yield* inner.read(lines(), options);
  }
  return { ...inner, name: `${inner.name} with carriage returns`, read };
}

function lineFeeds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte === 13 ? 10 : byte)));
}

// JSON whose rows are not simply one after the other.
function chooseJson(head: Buffer, kept: Reader): Reader {
  const text = head.toString('utf8');
  // A whole file in Python's notation, whose brackets and quotes a JSON reader cannot interpret.
  if (kept === jsonArray && /^\s*[[{]\s*\{?\s*'/.test(text)) {
    const [line = '', next] = text.split('\n').filter((each) => each.trim() !== '');
    const aLine = next !== undefined && fromPython(line) !== null;
    return changed(aLine ? jsonl : { ...jsonArray, read: readWhole });
  }
  if (/^\s*\{/.test(text)) {
    const first = parsePartial(text);
    const alone = first && (first.after === '' || isViewerPage(first.value));
    const found = alone ? findRows(first.value, first.complete) : null;
    if (found) return changed(readerOf(found));
  }
  return chooseChanges(sampleOf(text, kept)).length > 0 ? changed(kept) : kept;
}

function changed(kept: Reader): Reader {
  return {
    ...kept,
    name: `changed ${kept.name}`,
    holds: `${kept.holds}, whose rows are written in another way`,
    read: (chunks, options) => changeRows(kept.read(chunks, options), options),
  };
}

// The first rows, as far as they are whole.
function sampleOf(text: string, kept: Reader): RawRow[] {
  if (kept === jsonl) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines
      .slice(0, Math.max(1, Math.min(sampledRows, lines.length - 1)))
      .map((line) => parseRow(line, 1, 1));
  }
  const first = parsePartial(text);
  const values = Array.isArray(first?.value) ? (first.value as unknown[]) : [];
  return values
    .slice(0, first?.complete ? sampledRows : Math.max(0, Math.min(sampledRows, values.length - 1)))
    .map((value) => ({ line: 1, column: 1, text: JSON.stringify(value), value, fault: null }));
}
