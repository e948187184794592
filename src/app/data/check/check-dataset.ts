// `lorch data check`: every finding, by code, and where every row would go.

import type { CheckGroup } from '../../../dataset/checks/check.ts';
import { checks } from '../../../dataset/checks/index.ts';
import type { LedgerEntry } from '../../../dataset/ledger.ts';
import type { CheckPrecision } from '../../../dataset/review/check-precision.ts';
import { resolveSettings } from '../../../dataset/scan/check-settings.ts';
import { scanDataset } from '../../../dataset/scan/scan.ts';
import type {
  DataSource,
  FoundRow,
  ScannedFile,
  ScanOptions,
  ScanResult,
  ScanSink,
} from '../../../dataset/scan/scan-types.ts';
import type { CodeDoc, Finding, Severity } from '../../../diagnostics/finding.ts';
import { trainerCodes } from '../../codes/trainer-codes.ts';
import type { ChosenChecks } from '../../sources/choose-checks.ts';
import { withJudgePool } from '../../sources/judge-pool.ts';
import { maskFinding } from '../../sources/mask-finding.ts';
import type { TokenCounter } from '../../tokens/count-tokens.ts';
import { findSimilar } from '../near/find-similar.ts';
import type { Baseline, BaselineWriter, Replaced } from './baseline.ts';
import type { Fixed } from './fix-dataset.ts';
import { createRowFingerprints } from './row-fingerprints.ts';

export interface CheckRequest {
  sources: readonly DataSource[];
  format: ScanOptions['format'];
  checks: ChosenChecks;
  precision: readonly CheckPrecision[];
  /** Findings kept for each code in the result. */
  max: number;
  /** Findings that the baseline accepts are counted and not shown. */
  baseline: Baseline | null;
  /** Whether findings must have their row's fingerprint; a baseline needs it too. */
  fingerprints: boolean;
  /** Receives every finding, accepted or not. */
  record: BaselineWriter | null;
  /** Receives each finding as soon as it is found, including those beyond `max`, before masking; promises are awaited. */
  onFinding?: (finding: Finding, row: FoundRow | null) => void | Promise<void>;
  /** Counts the tokens of kept rows; the findings of the tokenisation are reported too. */
  tokens: TokenCounter | null;
  /** Where each row goes, after its findings. */
  onLedger?: (entry: LedgerEntry) => void | Promise<void>;
  onProgress?: (rows: number, bytes: number) => void;
}

/** Findings of one code: their number, and those that are kept. */
export interface FoundCode {
  code: string;
  name: string;
  severity: Severity;
  count: number;
  /** Rows with such a finding; for a pattern over many rows, the rows of the pattern. */
  rows: number;
  /** What the code means; null if it is not documented. */
  doc: (CodeDoc & { hint?: string; group?: CheckGroup }) | null;
  /** What reviewers decided; null if they read no such row. */
  precision: CheckPrecision | null;
  findings: Finding[];
}

export interface CheckedDataset {
  format: ScanResult['format'];
  rows: number;
  files: ScannedFile[];
  ledger: ScanResult['ledger'];
  /** Errors, then warnings, then notes; within each, facts about rows before patterns over many rows, then by number of rows. */
  codes: FoundCode[];
  checks: ChosenChecks;
  /** Findings by severity, without those that the baseline accepts. */
  found: Record<Severity, number>;
  /** Tokens of the kept rows; null if they were not counted. */
  tokens: { total: number; trained: number } | null;
  /** The result of the fixes; null unless they were asked for. */
  fixed: Fixed | null;
  /** The written baseline, which accepts all findings; null unless asked for. */
  recorded: {
    file: string;
    /** Errors and warnings that the baseline accepts. */
    findings: number;
    /** Compared with the previous baseline; null if there was none. */
    replaced: Replaced | null;
  } | null;
  /** What the baseline did; null without one. */
  baseline: {
    file: string;
    accepted: { error: number; warning: number };
    /** Entries that are no longer found, by code. */
    stale: Record<string, number>;
  } | null;
}

const weight: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** Scans as training would with `on_error: drop` and exact duplicates dropped. Throws UserError D091, D093. */
export async function checkDataset(request: CheckRequest): Promise<CheckedDataset> {
  const { baseline, max } = request;
  const codes = new Map<string, FoundCode>();
  const lastRows = new Map<string, number>();
  const found = { error: 0, warning: 0, note: 0 };
  const wanted = request.fingerprints || baseline !== null || request.record !== null;
  const fingerprints = wanted ? createRowFingerprints() : null;

  const docs = request.tokens ? [...checks, ...(await trainerCodes())] : checks;

  const note = (finding: Finding): void => {
    const known = codes.get(finding.code) ?? describe(finding, request.precision, docs);
    codes.set(finding.code, known);
    known.count += 1;
    known.rows += rowsOf(finding, lastRows.get(finding.code));
    if (finding.row !== undefined) lastRows.set(finding.code, finding.row);
    found[finding.severity] += 1;
    if (known.findings.length < max) known.findings.push(maskFinding(finding));
  };

  const options: ScanOptions = {
    format: request.format,
    onError: 'drop',
    duplicates: { exact: 'drop' },
    split: null,
    checks: request.checks.settings,
    fingerprints: wanted,
  };
  const sink: ScanSink = {
    onFinding(finding, of) {
      // A check over all rows knows only the row's number, and reports after all rows have passed.
      const late = of && fingerprints && of.fingerprint === null;
      const row = late ? { ...of, fingerprint: fingerprints.get(of.row) } : of;
      const fingerprint = row?.fingerprint ?? null;
      request.record?.add(finding, fingerprint);
      if (baseline?.accepts(finding, fingerprint)) return;
      note(finding);
      return request.onFinding?.(finding, row);
    },
    ...((fingerprints || request.onLedger) && {
      onLedger: (entry: LedgerEntry) => {
        if (entry.fingerprint !== null) fingerprints?.set(entry.row, entry.fingerprint);
        return request.onLedger?.(entry);
      },
    }),
    ...(request.tokens && { onExample: (_split, row) => request.tokens?.add(row) }),
    ...(request.onProgress && { onProgress: request.onProgress }),
  };
  const result = await withJudgePool(request.sources, (pool) =>
    scanDataset(request.sources, { ...options, ...pool }, sink),
  );
  // A damaged file has findings of its own.
  const similar =
    result.errors.files > 0 || result.ledger.kept < 2
      ? null
      : await findSimilar(request.sources, request.format, request.checks.settings);
  if (similar) await sink.onFinding?.(similar.finding, similar.row);
  const counted = request.tokens ? await request.tokens.finish() : null;
  for (const finding of counted?.findings ?? []) await sink.onFinding?.(finding, rowOf(finding));
  return {
    format: result.format,
    rows: result.rows,
    files: result.files,
    ledger: counted ? withoutUntrainable(result.ledger, counted.untrainable) : result.ledger,
    codes: [...codes.values()].sort(
      (a, b) =>
        weight[a.severity] - weight[b.severity] ||
        Number(isPattern(a)) - Number(isPattern(b)) ||
        b.rows - a.rows ||
        (a.code < b.code ? -1 : 1),
    ),
    checks: request.checks,
    found,
    tokens: counted && { total: counted.tokens, trained: counted.trained_tokens },
    fixed: null,
    recorded: null,
    baseline: baseline && {
      file: baseline.file,
      accepted: baseline.accepted(),
      stale: baseline.stale(runningCodes(request.checks)),
    },
  };
}

// A finding in one row is a fact; something that many rows share may be intended.
function isPattern({ doc }: FoundCode): boolean {
  return doc?.group === 'consistency';
}

// A row with several findings of a code counts once; these findings arrive one after another.
function rowsOf({ row, data }: Finding, last: number | undefined): number {
  if (typeof data?.rows === 'number') return data.rows;
  return row !== undefined && row === last ? 0 : 1;
}

// The tokenisation identifies a row by its number.
function rowOf({ at, data }: Finding): FoundRow | null {
  const { row } = data ?? {};
  if (typeof row !== 'number') return null;
  return { row, line: at?.line ?? 1, column: at?.column ?? 1, text: null, fingerprint: null };
}

// Rows that training on this model would drop.
function withoutUntrainable(
  ledger: ScanResult['ledger'],
  untrainable: Readonly<Record<string, number>>,
): ScanResult['ledger'] {
  const lost = Object.values(untrainable).reduce((sum, n) => sum + n, 0);
  return { ...ledger, kept: ledger.kept - lost, dropped: { ...ledger.dropped, ...untrainable } };
}

function describe(
  { code, name, severity }: Finding,
  precision: readonly CheckPrecision[],
  docs: readonly (CodeDoc & { hint?: string })[],
): FoundCode {
  return {
    code,
    name,
    severity,
    count: 0,
    rows: 0,
    doc: docs.find((doc) => doc.code === code) ?? null,
    precision: precision.find((each) => each.code === code) ?? null,
    findings: [],
  };
}

function runningCodes({ settings }: ChosenChecks): Set<string> {
  const { severityOf } = resolveSettings(settings);
  return new Set(checks.flatMap((check) => (severityOf(check) === null ? [] : [check.code])));
}
