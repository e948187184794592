// The first pass of a deduplication over all files: large files of JSON lines in several threads and mostly in native
// code, all others row by row. Both ways find the same pairs.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ExactGroups } from '../../../dataset/duplicates/exact-groups.ts';
import { type Candidates, findCandidates } from '../../../dataset/duplicates/find-candidates.ts';
import { createFieldLists, type HashOptions } from '../../../dataset/duplicates/hash-rows.ts';
import { type KeptRows, keptWidth, type PartSummary } from '../../../dataset/duplicates/part-store.ts';
import { type CountTable, tableBits } from '../../../dataset/duplicates/peel.ts';
import type { Ratio } from '../../../dataset/duplicates/ratio.ts';
import { createShingleStore } from '../../../dataset/duplicates/shingle-store.ts';
import type { FieldMapping } from '../../../dataset/formats/field-mapping.ts';
import { chooseReader } from '../../../dataset/readers/index.ts';
import { parseRowBytes } from '../../../dataset/readers/parse-row.ts';
import type { RawRow } from '../../../dataset/readers/raw-row.ts';
import { binaryKind } from '../../../dataset/scan/binary-kind.ts';
import { canHashLines, type NearPart, openRows } from './hash-part.ts';
import { openParts } from './near-pool.ts';
import { decideSource, type NearSource, readAgain } from './near-sources.ts';

export interface HashRequest {
  /** Train rows come first. */
  sources: readonly NearSource[];
  /** A format's name, `auto`, or a mapping of the rows' fields. */
  format: string | FieldMapping;
  options: HashOptions;
  ratio: Ratio;
  progress(rows: number): void;
}

export interface HashedSources {
  candidates: Candidates;
  /** Train rows with the same words in prompt or answer. */
  exact: { prompt?: ExactGroups; answer?: ExactGroups };
  /** Train rows that could not be compared, by code. */
  unread: Record<string, number>;
  /** Reads the rows of a source again for which `wants` is true. */
  reread(
    source: NearSource,
    wants: (row: number) => boolean,
    found: (row: number, raw: RawRow) => void,
  ): Promise<void>;
}

interface OpenSource {
  source: NearSource;
  parts: NearPart[];
  /** Offset of the first line if rows can be read again by their place, otherwise -1. */
  starts: number[] | null;
  summaries: PartSummary[];
  kept: KeptRows[];
}

/** Hashes all rows and finds the candidates. */
export async function hashSources(request: HashRequest): Promise<HashedSources> {
  const { sources, options, ratio } = request;
  const ends: (() => Promise<void>)[] = [];
  try {
    const bytes = sources.reduce((sum, { path }) => sum + statSync(path).size, 0);
    const bits = tableBits(bytes / bytesPerShingle);
    const all: CountTable = {
      counts: new Uint8Array(new SharedArrayBuffer(2 ** (bits - 2))),
      shift: 32 - bits,
    };
    const opened: OpenSource[] = [];
    let rows = 0;
    for (const source of sources) {
      await decideSource(source, request.format);
      source.firstRow = rows;
      const open = openSourceParts(source, options, bits, (more) => request.progress(rows + more), ends);
      open.summaries = await Promise.all(open.parts.map((part) => part.scan()));
      source.rows = open.summaries.reduce((sum, summary) => sum + summary.rows, 0);
      rows += source.rows;
      opened.push(open);
    }
    for (const { parts } of opened) for (const part of parts) await part.merge(all);
    for (const open of opened) open.kept = await Promise.all(open.parts.map((part) => part.keep(all, ratio)));
    return gather(opened, options, ratio);
  } finally {
    for (const end of ends) await end();
  }
}

// English JSON lines have some 8 bytes a shingle. A table of one to two slots for each lets a few more rows pass, which
// the next rounds take away, and stays in the cache for longer.
const bytesPerShingle = 16;

function openSourceParts(
  source: NearSource,
  options: HashOptions,
  bits: number,
  progress: (rows: number) => void,
  ends: (() => Promise<void>)[],
): OpenSource {
  const { path, decided: format, side } = source;
  const from = side === 'benchmark' ? -1 : linesFrom(source);
  const open = { source, summaries: [], kept: [] };
  if (from < 0 || !format || format.mapping || !canHashLines(format.name, options))
    return { ...open, parts: [openRows(source, options, progress)], starts: null };
  const task = { path, format: format.name, from, options, bits };
  const { parts, starts, close } = openParts(task, statSync(path).size, progress);
  ends.push(close);
  return { ...open, parts, starts };
}

// Offset of the first line of a plain file of JSON lines, after a byte order mark; -1 for any other file.
function linesFrom({ path, label }: NearSource): number {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(64 * 1024);
    const whole = head.subarray(0, readSync(file, head));
    const from = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? 3 : 0;
    const text = whole.subarray(from);
    return binaryKind(text) === null && chooseReader(text, label).name === 'jsonl' ? from : -1;
  } finally {
    closeSync(file);
  }
}

function gather(opened: readonly OpenSource[], options: HashOptions, ratio: Ratio): HashedSources {
  const store = createShingleStore();
  const fields = createFieldLists(options.key);
  const unread: Record<string, number> = {};
  const numbers: number[] = [];
  const places = new Map<NearSource, RowPlaces>();
  let trains = 0;
  for (const { source, starts, summaries, kept } of opened) {
    const list: RowPlaces = { rows: [], at: [] };
    let row = source.firstRow;
    let line = 1;
    summaries.forEach((summary, part) => {
      const { table, shingles } = kept[part] as KeptRows;
      store.adopt(shingles, sizesOf(table));
      for (let at = 0; at < table.length; at += keptWidth) {
        numbers.push(row + (table[at] as number));
        if (starts)
          list.at.push(
            line + (table[at + 1] as number),
            (starts[part] as number) + (table[at + 2] as number),
            table[at + 3] as number,
          );
      }
      if (source.side === 'train') {
        trains = numbers.length;
        for (let at = 0; at < summary.fields.length; at += 4) fields.add(summary.fields, at);
        for (const [code, n] of Object.entries(summary.unread)) unread[code] = (unread[code] ?? 0) + n;
      }
      row += summary.rows;
      line += summary.lines;
    });
    if (starts) places.set(source, { ...list, rows: numbers.slice(numbers.length - list.at.length / 3) });
  }
  return {
    candidates: findCandidates(store, Uint32Array.from(numbers), trains, ratio),
    exact: fields.groups((row) => row),
    unread,
    async reread(source, wants, found) {
      const placed = places.get(source);
      if (placed) rereadLines(source.path, placed, wants, found);
      else for await (const { row, raw } of readAgain(source)) if (wants(row)) found(row, raw);
    },
  };
}

interface RowPlaces {
  rows: number[];
  /** Line, first byte and bytes, of one row after another. */
  at: number[];
}

function* sizesOf(table: Float64Array): Generator<number> {
  for (let at = 4; at < table.length; at += keptWidth) yield table[at] as number;
}

// Rows that are close together are read in one call, because a call costs more than reading the bytes between them.
const closeBytes = 32 * 1024;
const windowBytes = 1024 * 1024;

function rereadLines(
  path: string,
  { rows, at }: RowPlaces,
  wants: (row: number) => boolean,
  found: (row: number, raw: RawRow) => void,
): void {
  const wanted = rows.flatMap((row, i) => (wants(row) ? [i] : []));
  const startOf = (i: number): number => at[i * 3 + 1] as number;
  const endOf = (i: number): number => startOf(i) + (at[i * 3 + 2] as number);
  const file = openSync(path, 'r');
  let buffer = Buffer.allocUnsafe(windowBytes);
  try {
    for (let next = 0; next < wanted.length; ) {
      const from = startOf(wanted[next] as number);
      let to = endOf(wanted[next] as number);
      let last = next + 1;
      for (; last < wanted.length; last += 1) {
        const i = wanted[last] as number;
        if (startOf(i) - to > closeBytes || endOf(i) - from > windowBytes) break;
        to = endOf(i);
      }
      if (to - from > buffer.length) buffer = Buffer.allocUnsafe(to - from);
      readSync(file, buffer, 0, to - from, from);
      for (; next < last; next += 1) {
        const i = wanted[next] as number;
        const [start, end] = [startOf(i) - from, endOf(i) - from];
        const bytes = buffer.subarray(start, buffer[end - 1] === 13 ? end - 1 : end);
        found(rows[i] as number, parseRowBytes(bytes, at[i * 3] as number, 1));
      }
    }
  } finally {
    closeSync(file);
  }
}
