// One source of a scan.
import type { Finding } from '../../diagnostics/finding.ts';
import { checks } from '../checks/index.ts';
import { exactDuplicate } from '../checks/structure/exact-duplicate.ts';
import { leakedRow } from '../checks/structure/leaked-row.ts';
import { noRows } from '../checks/structure/no-rows.ts';
import type { RowPlace } from '../example.ts';
import { hex } from '../fingerprint.ts';
import type { Format } from '../formats/format.ts';
import type { FormatDecision } from '../formats/index.ts';
import type { Ledger } from '../ledger.ts';
import type { FileRemark } from '../readers/raw-row.ts';
import type { AcrossRows } from './across-rows.ts';
import type { ResolvedChecks } from './check-settings.ts';
import type { Fates } from './fates.ts';
import { judgeSource } from './judge-source.ts';
import type { JudgedRow } from './judged-row.ts';
import { createRepeats } from './once-per-file.ts';
import { openRows } from './open-rows.ts';
import { placeFinding, placeRemark } from './place-finding.ts';
import {
  type DataSource,
  type DecidedRow,
  defaultMaxRowBytes,
  type FoundRow,
  type JudgePool,
  type ScannedFile,
  type ScanOptions,
} from './scan-types.ts';

export interface FileContext {
  settings: ResolvedChecks;
  emit(finding: Finding, row: FoundRow | null): void;
  fates: Fates;
  across: AcrossRows;
  /** Whether rows need their fingerprints. */
  fingerprints: boolean;
  ledger: Ledger;
  /** Whether rows may be judged many at a time. */
  regions: boolean;
  pool: JudgePool | null;
  /** Number of the first row. */
  firstRow: number;
  settled(): Promise<void>;
  progress(rows: number, bytes: number): void;
}

/** Reads one source to its end and settles each of its rows. */
export async function scanFile(
  source: DataSource,
  options: ScanOptions,
  context: FileContext,
): Promise<{ file: ScannedFile; decision: { name: string; why: string; confidence: number } }> {
  const file = source.label;
  const limit = source.limit ?? Number.POSITIVE_INFINITY;
  const weight = source.weight ?? 1;
  const repeats = createRepeats();
  const { severityOf } = context.settings;
  const remark = (each: FileRemark): void => {
    const severity = severityOf(each.check);
    if (severity === null || rows >= limit || repeats(each.check.code, each.message)) return;
    context.emit(placeRemark(each, severity, file), null);
  };
  let rows = 0;
  let decision: FormatDecision | null = null;

  const settle = (judged: JudgedRow): void => {
    const { line, column, findings, code, identity } = judged;
    const place: RowPlace = { row: context.firstRow + rows, file, line, column };
    rows += 1;
    context.ledger.rowIn();
    for (const finding of findings) context.emit(finding, foundRow(judged, place, identity));
    if (code !== null) {
      context.fates.drop(place, code);
      return;
    }
    const role = source.role ?? 'train';
    const { duplicate, place: placed } = context.fates.meet(judged, place, role);
    if (!duplicate) {
      const left = settleDecided(judged, place);
      if (left === null) {
        context.across.add(placed, judged.traits);
        context.fates.keep(judged, place, role, weight);
      } else context.fates.dropDuplicate(judged, place, left.code, left.of);
      return;
    }
    const check = duplicate.leaks ? leakedRow : exactDuplicate;
    const severity = severityOf(check);
    if (severity !== null) {
      const message = `The row repeats ${describe(duplicate.of)}.`;
      const data = { of: { ...duplicate.of } };
      const finding = placeFinding({ check, pointer: '', message, data }, severity, judged, file);
      context.emit(finding, foundRow(judged, place, judged.bytes));
    }
    if (duplicate.leaks || options.duplicates.exact === 'drop')
      context.fates.dropDuplicate(judged, place, check.code, duplicate.of);
    else context.fates.keep(judged, place, role, weight);
  };

  // What was decided with all rows in view: why the row leaves, or null.
  const settleDecided = (judged: JudgedRow, place: RowPlace): DecidedRow['leaves'] => {
    const decided = options.decided?.get(place.row);
    if (!decided) return null;
    let { leaves } = decided;
    for (const finding of decided.findings) {
      const check = checks.find((each) => each.code === finding.code);
      // A row that leaves because its user said so is not an error.
      const own = check ? severityOf(check) : finding.severity;
      const severity = own === 'error' && decided.leaves ? 'warning' : own;
      if (severity === null) continue;
      context.emit({ ...finding, severity }, foundRow(judged, place, judged.bytes));
      if (severity === 'error')
        leaves ??= { code: finding.code, of: (finding.data?.of ?? place) as RowPlace };
    }
    return leaves;
  };

  const wanted = source.format ?? options.format;
  const { open, reader, unreadable, end } = await openRows(source, remark);
  const batches = judgeSource({
    open,
    reader,
    read: { maxRowBytes: options.maxRowBytes ?? defaultMaxRowBytes, remark },
    file,
    options: source.format === undefined ? options : { ...options, format: source.format },
    settings: context.settings,
    wantsFingerprints: context.fingerprints,
    // A limit counts rows one by one.
    regions: context.regions && source.limit === undefined,
    pool: context.pool,
    repeats,
    decided(made) {
      decision = made;
      for (const each of made.remarks) remark(each);
    },
  });
  try {
    for await (const batch of batches) {
      for (const judged of batch) {
        if (rows >= limit) {
          open.stop();
          break;
        }
        settle(judged);
      }
      await context.settled();
      context.progress(rows, open.bytesRead());
    }
  } finally {
    await open.close();
  }
  await context.settled();
  end(rows);
  if (rows === 0 && !unreadable()) remark({ check: noRows, message: 'The file holds no row.' });
  const { format, why, confidence } = decision ?? { format: null, why: 'nothing was read', confidence: 0 };
  const { name, mapping } = (format as Format | null) ?? { name: 'unknown' };
  const shown = wanted === 'auto' && mapping ? { mapping } : {};
  return {
    file: { path: file, bytes: open.bytesRead(), sha256: open.sha256(), rows, format: name, ...shown },
    decision: { name, why, confidence },
  };
}

function foundRow(judged: JudgedRow, { row, line, column }: RowPlace, bytes: string | null): FoundRow {
  return {
    row,
    line,
    column,
    text: judged.text,
    fingerprint: bytes && hex(bytes),
  };
}

function describe({ file, line, row }: RowPlace): string {
  return `${file}:${line} (row ${row})`;
}
