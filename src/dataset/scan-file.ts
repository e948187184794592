// One source of a scan.
import type { Finding } from '../diagnostics/finding.ts';
import type { AcrossRows } from './across-rows.ts';
import type { ResolvedChecks } from './check-settings.ts';
import { exactDuplicate } from './checks/exact-duplicate.ts';
import { fileShape } from './checks/file-shape.ts';
import { checks } from './checks/index.ts';
import { leakedRow } from './checks/leaked-row.ts';
import { noRows } from './checks/no-rows.ts';
import { notText } from './checks/not-text.ts';
import { unknownFormat } from './checks/unknown-format.ts';
import type { RowPlace } from './example.ts';
import type { Fates } from './fates.ts';
import { isRow } from './formats/fields.ts';
import { detectFormat, type FormatDecision, findFormat } from './formats/index.ts';
import { createRowJudge, type JudgedRow } from './judged-row.ts';
import type { Ledger } from './ledger.ts';
import { binaryKind, openSource } from './open-source.ts';
import { placeFinding, placeRemark } from './place-finding.ts';
import { chooseReader, readers } from './readers/index.ts';
import type { FileRemark, RawRow } from './readers/raw-row.ts';
import { type DataSource, defaultMaxRowBytes, type ScannedFile, type ScanOptions } from './scan-types.ts';

export interface FileContext {
  settings: ResolvedChecks;
  emit(finding: Finding, of: 'rows' | 'files'): void;
  fates: Fates;
  across: AcrossRows;
  /** Whether rows need their fingerprints. */
  fingerprints: boolean;
  ledger: Ledger;
  /** Number of the first row. */
  firstRow: number;
  settled(): Promise<void>;
  progress(rows: number, bytes: number): void;
}

// As many rows decide the format, or fewer where they are long.
const sampleRows = 200;
const sampleUnits = 4_000_000;

/** Reads one source to its end and settles each of its rows. */
export async function scanFile(
  source: DataSource,
  options: ScanOptions,
  context: FileContext,
): Promise<{ file: ScannedFile; decision: { name: string; why: string; confidence: number } }> {
  const file = source.label;
  const limit = source.limit ?? Number.POSITIVE_INFINITY;
  const open = await openSource(source.path, source.stream, file);
  const said = new Set<string>();
  const { severityOf } = context.settings;
  const remark = (each: FileRemark): void => {
    const severity = severityOf(each.check);
    if (severity === null || rows >= limit || repeats(each.check.code, each.message, said)) return;
    context.emit(placeRemark(each, severity, file), 'files');
  };
  let rows = 0;
  let decision: FormatDecision | null = null;
  let judge: ((raw: RawRow) => JudgedRow) | null = null;
  let sample: RawRow[] = [];
  let sampledUnits = 0;

  const settleSample = (): void => {
    decision = decide(options.format, sample, (why, hint) =>
      remark({ check: unknownFormat, message: `The format cannot be told: ${why}.`, ...(hint && { hint }) }),
    );
    judge = createRowJudge(decision.format, context.settings, file, context.fingerprints);
    for (const raw of sample) settle(judge(raw));
    sample = [];
  };

  const settle = (judged: JudgedRow): void => {
    const { line, column, findings, code } = judged;
    const place: RowPlace = { row: context.firstRow + rows, file, line, column };
    rows += 1;
    context.ledger.rowIn();
    for (const finding of findings)
      if (!repeats(finding.code, finding.message, said)) context.emit(finding, 'rows');
    if (code !== null) {
      context.fates.drop(place, code);
      return;
    }
    const role = source.role ?? 'train';
    const { duplicate, place: placed } = context.fates.meet(judged, place, role);
    if (!duplicate) {
      context.across.add(placed, judged.traits);
      context.fates.keep(judged, place, role);
      return;
    }
    const check = duplicate.leaks ? leakedRow : exactDuplicate;
    const severity = severityOf(check);
    if (severity !== null) {
      const message = `The row repeats ${describe(duplicate.of)}.`;
      const data = { of: { ...duplicate.of } };
      context.emit(placeFinding({ check, pointer: '', message, data }, severity, judged, file), 'rows');
    }
    if (duplicate.leaks || options.duplicates.exact === 'drop')
      context.fates.dropDuplicate(judged, place, check.code);
    else context.fates.keep(judged, place, role);
  };

  const binary = binaryKind(open.head);
  if (binary) {
    remark({ check: notText, message: `The file is ${binary}, not plain UTF-8 text.` });
    open.stop();
  }
  const reader = chooseReader(open.head);
  if (!binary && open.head.length > 0) remarkName(file, reader.name, remark);
  for await (const batch of reader.read(open.chunks, {
    maxRowBytes: options.maxRowBytes ?? defaultMaxRowBytes,
    remark,
  })) {
    for (const raw of batch) {
      if (rows + sample.length >= limit) {
        open.stop();
        break;
      }
      if (judge) settle((judge as (raw: RawRow) => JudgedRow)(raw));
      else {
        sample.push(raw);
        sampledUnits += raw.text.length;
        if (sample.length >= sampleRows || sampledUnits >= sampleUnits) settleSample();
      }
    }
    await context.settled();
    context.progress(rows, open.bytesRead());
  }
  if (!judge) settleSample();
  await context.settled();
  if (rows === 0 && !binary) remark({ check: noRows, message: 'The file holds no row.' });
  const { format, why, confidence } = decision ?? { format: null, why: 'nothing was read', confidence: 0 };
  const name = (format as { name: string } | null)?.name ?? 'unknown';
  return {
    file: { path: file, bytes: open.bytesRead(), sha256: open.sha256(), rows, format: name },
    decision: { name, why, confidence },
  };
}

function decide(
  wanted: string,
  sample: readonly RawRow[],
  unknown: (why: string, hint: string | undefined) => void,
): FormatDecision {
  if (wanted !== 'auto') return { format: findFormat(wanted), why: 'named by the user', confidence: 1 };
  const objects = sample.map(({ value }) => value).filter(isRow);
  if (objects.length === 0) return { format: null, why: 'no row could be read', confidence: 0 };
  const decision = detectFormat(objects);
  if (!decision.format) unknown(decision.why, decision.hint);
  return decision;
}

function remarkName(file: string, name: string, remark: (each: FileRemark) => void): void {
  const promised = readers.find((reader) =>
    reader.extensions.some((end) => file.toLowerCase().endsWith(end)),
  );
  const found = readers.find((reader) => reader.name === name);
  if (promised && found && promised !== found)
    remark({
      check: fileShape,
      message: `The file's name promises ${promised.holds}, but it holds ${found.holds}.`,
    });
}

// Where every row brings new keys of its own, these are enough to see that.
const saidLimit = 100;

const oncePerFile: ReadonlySet<string> = new Set(
  checks.filter((check) => check.oncePerFile).map(({ code }) => code),
);

function repeats(code: string, message: string, said: Set<string>): boolean {
  if (!oncePerFile.has(code)) return false;
  if (said.size >= saidLimit) return true;
  const key = `${code} ${message}`;
  if (said.has(key)) return true;
  said.add(key);
  return false;
}

function describe({ file, line, row }: RowPlace): string {
  return `${file}:${line} (row ${row})`;
}
