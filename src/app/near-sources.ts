// The files of a deduplication, readable as often as needed: datasets, then what they are compared against.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { anyTextExample } from '../dataset/duplicates/any-text.ts';
import type { Side } from '../dataset/duplicates/find-candidates.ts';
import type { Example, RowPlace } from '../dataset/example.ts';
import type { Format } from '../dataset/formats/format.ts';
import type { Judgement } from '../dataset/judge-row.ts';
import { createUsableJudge, decideFormat, readRawRows } from '../dataset/raw-rows.ts';
import type { RawRow } from '../dataset/readers/raw-row.ts';
import { expandSources } from '../dataset/sources.ts';

export interface NearSource {
  path: string;
  label: string;
  side: Side;
  /** Number of its first row; numbers go on from file to file. */
  firstRow: number;
  /** Known after the first pass. */
  rows: number;
  format: Format | null;
}

export interface NearSourcesRequest {
  cwd: string;
  patterns: readonly string[];
  validation: readonly string[];
  against: readonly string[];
  stdin: Readable;
}

export interface NearSources {
  sources: NearSource[];
  /** Removes what stdin was kept in. */
  dispose(): Promise<void>;
}

/** The files that the request names; stdin is written to a temporary file, as it can be read only once. */
export async function openNearSources(request: NearSourcesRequest): Promise<NearSources> {
  const sources: NearSource[] = [];
  let dir: string | null = null;
  const sides: [Side, readonly string[]][] = [
    ['train', request.patterns],
    ['validation', request.validation],
    ['benchmark', request.against],
  ];
  for (const [side, patterns] of sides)
    for (const file of await expandSources(request.cwd, patterns)) {
      let path = file.path;
      if (path === '-') {
        dir ??= await mkdtemp(join(tmpdir(), 'lorch-stdin-'));
        path = join(dir, 'rows');
        await pipeline(request.stdin, createWriteStream(path, { mode: 0o600 }));
      }
      sources.push({ path, label: file.label, side, firstRow: 0, rows: 0, format: null });
    }
  return {
    sources,
    async dispose() {
      if (dir !== null) await rm(dir, { recursive: true, force: true });
    },
  };
}

// As many rows decide the format as in a scan.
const sampleRows = 200;

/** Reads a source for the first time: its format, its number of rows, and every row judged. */
export async function readFirst(
  source: NearSource,
  wanted: string,
  firstRow: number,
  found: (row: number, raw: RawRow, judged: Judgement) => void,
  progress: (rows: number) => void,
): Promise<void> {
  source.firstRow = firstRow;
  let judge: ((raw: RawRow) => Judgement) | null = null;
  let sample: RawRow[] = [];
  const settle = (raw: RawRow): void => {
    found(firstRow + source.rows, raw, judgeFor(source, judge as (raw: RawRow) => Judgement)(raw));
    source.rows += 1;
  };
  const decide = (): void => {
    source.format = decideFormat(source.side === 'train' ? wanted : 'auto', sample);
    judge = createUsableJudge(source.format);
    sample.forEach(settle);
    sample = [];
  };
  for await (const batch of readRawRows(source.path, source.label)) {
    for (const raw of batch) {
      if (judge) settle(raw);
      else {
        sample.push(raw);
        if (sample.length >= sampleRows) decide();
      }
    }
    progress(firstRow + source.rows);
  }
  if (!judge) decide();
}

/** Reads a source again: each row as it stands, with its number. */
export async function* readAgain(source: NearSource): AsyncGenerator<{ row: number; raw: RawRow }> {
  let row = source.firstRow;
  for await (const batch of readRawRows(source.path, source.label))
    for (const raw of batch) {
      yield { row, raw };
      row += 1;
    }
}

/** The judge of a source's rows. What is only compared against may have any shape. */
export function judgeFor(source: NearSource, judge: (raw: RawRow) => Judgement): (raw: RawRow) => Judgement {
  if (source.side !== 'benchmark') return judge;
  return (raw) => {
    const judged = judge(raw);
    const example: Example | null = judged.example ?? anyTextExample(raw.value);
    return example ? { ...judged, example, code: undefined } : judged;
  };
}

/** Where a row stands. */
export function placeOf(source: NearSource, row: number, raw: RawRow): RowPlace {
  return { row, file: source.label, line: raw.line, column: raw.column };
}
