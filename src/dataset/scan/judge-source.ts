// From the bytes of one source to judged rows: the first rows decide the format, and the rest is judged here or by a pool.

import { checks } from '../checks/index.ts';
import { hasTooManyKeys } from '../checks/structure/too-many-keys.ts';
import { type DecidedFormat, decideFormat } from '../formats/decide-format.ts';
import type { Format } from '../formats/format.ts';
import { cutLines, readRegion } from '../readers/jsonl.ts';
import type { RawRow, Reader, ReadOptions } from '../readers/raw-row.ts';
import type { ResolvedChecks } from './check-settings.ts';
import { createRegionJudge, type JudgedRegion, judgedRows, plainReader } from './judge-region.ts';
import { createRowJudge, type JudgedRow } from './judged-row.ts';
import type { OpenSource } from './open-source.ts';
import { sampleRows } from './raw-rows.ts';
import type { JudgePool, PooledRegion, ScanOptions } from './scan-types.ts';

export interface SourceRequest {
  open: OpenSource;
  reader: Reader;
  read: ReadOptions;
  file: string;
  options: ScanOptions;
  settings: ResolvedChecks;
  wantsFingerprints: boolean;
  /** Whether JSON lines may be judged many at a time, which gives no examples. */
  regions: boolean;
  /** Other threads, if there are any. */
  pool: JudgePool | null;
  repeats(code: string, message: string): boolean;
  /** Called once, before the first row comes out. */
  decided(decision: DecidedFormat): void;
}

// Fewer rows than sampleRows decide the format if they are long.
const sampleUnits = 4_000_000;
// Regions that are judged at once; a row of tens of megabytes is a region, and takes many times its size.
const mostWaitingBytes = 32_000_000;

/** The rows of one source in batches, in order. */
export async function* judgeSource(request: SourceRequest): AsyncGenerator<Iterable<JudgedRow>> {
  const { open, reader, read } = request;
  const judge = createSampledJudge(request);
  if (request.regions && reader.name === 'jsonl') {
    yield* judgeRegions(request, judge);
    return;
  }
  for await (const batch of reader.read(open.chunks, read)) yield judge.rows(batch);
  yield judge.end();
}

type Settled = PooledRegion | { tooLong: RawRow };

async function* judgeRegions(
  request: SourceRequest,
  judge: SampledJudge,
): AsyncGenerator<Iterable<JudgedRow>> {
  const { open, read, repeats } = request;
  let line = 1;
  let judgeBytes: RegionJudge | null = null;
  const waiting: { settled: Promise<Settled>; bytes: number }[] = [];
  let waitingBytes = 0;
  const settleFirst = async (): Promise<Iterable<JudgedRow>> => {
    const first = waiting.shift() as (typeof waiting)[number];
    waitingBytes -= first.bytes;
    return settle(await first.settled);
  };
  const settle = (done: Settled): Iterable<JudgedRow> => {
    const first = line;
    if ('tooLong' in done) {
      line += 1;
      return judge.rows([{ ...done.tooLong, line: first }]);
    }
    line += done.judged.lines;
    for (const { code, ...remark } of done.judged.remarks) {
      const check = checks.find((each) => each.code === code);
      if (check)
        read.remark({ ...remark, check, ...(remark.line !== undefined && { line: remark.line + first }) });
    }
    return withoutRepeats(judgedRows(done.judged, done.region, first), repeats);
  };
  for await (const { parts, tooLong } of cutLines(open.chunks, read.maxRowBytes)) {
    const format = judge.format();
    if (!format) {
      // Still sampling, or a format that cannot be told: row by row.
      if (tooLong) yield judge.rows([{ ...tooLong, line: line++ }]);
      for (const bytes of parts ?? []) {
        const { rows, lines } = readRegion(bytes, line, read);
        line += lines;
        yield judge.rows(rows);
      }
      continue;
    }
    judgeBytes ??= chooseRegionJudge(request, format);
    const { here, there } = judgeBytes;
    if (here) {
      if (tooLong) yield settle({ tooLong });
      // All at once, as another thread would: findings come in the same order on every machine.
      else yield* parts.map((bytes) => settle({ judged: here(bytes), region: bytes }));
    } else {
      const size = parts?.reduce((sum, { length }) => sum + length, 0) ?? 0;
      while (waiting.length > 0 && waitingBytes + size > mostWaitingBytes) yield await settleFirst();
      waiting.push({
        settled: tooLong ? Promise.resolve({ tooLong }) : there.judge(parts),
        bytes: size,
      });
      waitingBytes += size;
      if (waiting.length >= there.depth) yield await settleFirst();
    }
  }
  while (waiting.length > 0) yield await settleFirst();
  yield judge.end();
}

type RegionJudge =
  | { here: (region: Buffer) => JudgedRegion; there?: undefined }
  | { here?: undefined; there: JudgePool };

// Everyday rows are read faster here than they are sent to another thread.
function chooseRegionJudge(request: SourceRequest, format: Format): RegionJudge {
  const { read, file, options, settings, wantsFingerprints, pool } = request;
  const setup = { format, settings, file, wantsFingerprints, maxRowBytes: read.maxRowBytes };
  const plain = plainReader(setup);
  if (plain || !pool) return { here: createRegionJudge(setup, plain) };
  const { maxRowBytes } = read;
  const named = typeof options.format === 'string' ? (format.mapping ?? format.name) : options.format;
  pool.start({ format: named, checks: options.checks ?? {}, file, wantsFingerprints, maxRowBytes });
  return { there: pool };
}

function* withoutRepeats(rows: Iterable<JudgedRow>, repeats: SourceRequest['repeats']): Generator<JudgedRow> {
  for (const row of rows)
    if (row.findings.length === 0) yield row;
    else {
      row.findings = row.findings.filter(({ code, message }) => !repeats(code, message));
      yield row;
    }
}

interface SampledJudge {
  /** Takes raw rows; gives judged ones, none while they are still sampled. */
  rows(raws: readonly RawRow[]): Iterable<JudgedRow>;
  /** After the last row: those that were sampled and never reached the number. */
  end(): Iterable<JudgedRow>;
  /** Null while it is not decided, and if it cannot be told. */
  format(): DecidedFormat['format'];
}

function createSampledJudge({
  options,
  settings,
  file,
  wantsFingerprints,
  repeats,
  decided,
}: SourceRequest): SampledJudge {
  let sample: RawRow[] = [];
  let units = 0;
  let decision: DecidedFormat | null = null;
  let judge: ((raw: RawRow) => JudgedRow) | null = null;
  const decideNow = (): JudgedRow[] => {
    const looked = sample.filter(({ value, text }) => !hasTooManyKeys(value, text));
    decision = decideFormat(options.format, looked, file);
    decided(decision);
    const judgeRow = createRowJudge(decision.format, settings, file, wantsFingerprints, repeats);
    judge = judgeRow;
    const rows = sample.map((raw) => judgeRow(raw));
    sample = [];
    return rows;
  };
  function* rows(raws: readonly RawRow[]): Generator<JudgedRow> {
    for (const raw of raws) {
      if (judge) {
        yield judge(raw);
        continue;
      }
      sample.push(raw);
      units += raw.text.length;
      if (sample.length >= sampleRows || units >= sampleUnits) yield* decideNow();
    }
  }
  return { rows, end: () => (judge ? [] : decideNow()), format: () => decision?.format ?? null };
}
