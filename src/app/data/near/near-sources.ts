// The files of a deduplication, readable as often as needed: datasets, then what they are compared against.
import { anyTextExample } from '../../../dataset/duplicates/any-text.ts';
import type { Side } from '../../../dataset/duplicates/find-candidates.ts';
import type { Example, RowPlace } from '../../../dataset/example.ts';
import { decideFormat } from '../../../dataset/formats/decide-format.ts';
import type { FieldMapping } from '../../../dataset/formats/field-mapping.ts';
import type { Format } from '../../../dataset/formats/format.ts';
import type { RawRow } from '../../../dataset/readers/raw-row.ts';
import type { Judgement } from '../../../dataset/scan/judge-row.ts';
import { createUsableJudge, readRawRows, readSample } from '../../../dataset/scan/raw-rows.ts';
import type { DataSource } from '../../../dataset/scan/scan-types.ts';
import { type RereadableSources, spoolStdin } from '../../files/spool-stdin.ts';
import { type DatasetRequest, openSources } from '../../sources/dataset-sources.ts';

export interface NearSource extends DataSource {
  side: Side;
  /** The name that the user gave. For stdin, `path` is the file to which stdin was copied. */
  origin: DataSource;
  /** Number of its first row; numbers continue from file to file. */
  firstRow: number;
  /** Known after the first pass. */
  rows: number;
  /** Its format. Known after `decideSource`. */
  decided: Format | null;
}

export interface NearSourcesRequest extends Omit<DatasetRequest, 'format' | 'onProgress'> {
  /** Rows to compare against that must not be trained on. */
  validation: readonly string[];
  /** Benchmark files, of any shape. */
  against: readonly string[];
}

export interface NearSources {
  sources: NearSource[];
  /** Removes the file to which stdin was copied. */
  dispose(): Promise<void>;
}

/** The files that the request names, each readable as often as needed. */
export async function openNearSources(request: NearSourcesRequest): Promise<NearSources> {
  const { validation, against, ...rest } = request;
  const sources: NearSource[] = [];
  const spooled: RereadableSources[] = [];
  const sides: [Side, readonly string[]][] = [
    ['train', request.patterns],
    ['validation', validation],
    ['benchmark', against],
  ];
  for (const [side, patterns] of sides) {
    const opened = await openSources({ ...rest, patterns, format: 'auto' });
    const files = await spoolStdin(opened);
    spooled.push(files);
    files.sources.forEach((source, i) => {
      sources.push({ ...source, side, origin: opened[i] ?? source, firstRow: 0, rows: 0, decided: null });
    });
  }
  return {
    sources,
    async dispose() {
      for (const each of spooled) await each.dispose();
    },
  };
}

/** Detects the source's format from its first rows. Files to compare against may have another format than the requested one. */
export async function decideSource(source: NearSource, wanted: string | FieldMapping): Promise<void> {
  const sample = await readSample(source);
  source.decided = decideFormat(source.side === 'train' ? wanted : 'auto', sample).format;
}

/** Reads a source, every row judged. */
export async function* readRows(source: NearSource): AsyncGenerator<Judgement[]> {
  const judge = judgeFor(source);
  for await (const batch of readRawRows(source)) yield batch.map(judge);
}

/** Reads a source again: each row's text with its number. */
export async function* readAgain(source: NearSource): AsyncGenerator<{ row: number; raw: RawRow }> {
  let row = source.firstRow;
  for await (const batch of readRawRows(source))
    for (const raw of batch) {
      yield { row, raw };
      row += 1;
    }
}

/** The judge of a source's rows. A benchmark's may have any shape. */
export function judgeFor(source: NearSource): (raw: RawRow) => Judgement {
  const judge = createUsableJudge(source.decided);
  if (source.side !== 'benchmark') return judge;
  return (raw) => {
    const judged = judge(raw);
    const example: Example | null = judged.example ?? anyTextExample(raw.value);
    return example ? { ...judged, example, code: undefined } : judged;
  };
}

/** The place of a row. */
export function placeOf(source: NearSource, row: number, raw: RawRow): RowPlace {
  return { row, file: source.label, line: raw.line, column: raw.column };
}
