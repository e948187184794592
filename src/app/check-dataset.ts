// `lorch data check`: every finding, by code, and where every row would go.
import { type ScannedFile, type ScanOptions, type ScanResult, scanDataset } from '../dataset/scan.ts';
import type { Finding, Severity } from '../diagnostics/finding.ts';
import { type DatasetRequest, openSources, readFormat } from './dataset-sources.ts';
import { withJudgePool } from './judge-pool.ts';

export interface CheckRequest extends DatasetRequest {
  /** Findings kept for each code; null keeps them all. */
  max: number | null;
  /** Each finding as it is found, the ones beyond `max` too. */
  onFinding?: (finding: Finding) => void;
}

/** Findings of one code: how many there are, and those kept. */
export interface FoundCode {
  code: string;
  name: string;
  severity: Severity;
  count: number;
  findings: Finding[];
}

export interface CheckedDataset {
  format: ScanResult['format'];
  rows: number;
  files: ScannedFile[];
  ledger: ScanResult['ledger'];
  /** The worst first: errors, then warnings, then notes; within these the most frequent. */
  codes: FoundCode[];
  errors: ScanResult['errors'];
}

const weight: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** Scans as training would with `on_error: drop` and exact duplicates dropped. Throws UserError D090, D091, D093. */
export async function checkDataset(request: CheckRequest): Promise<CheckedDataset> {
  const max = request.max ?? Number.POSITIVE_INFINITY;
  const codes = new Map<string, FoundCode>();
  const sources = await openSources(request);
  const options: ScanOptions = {
    format: await readFormat(request),
    onError: 'drop',
    duplicates: { exact: 'drop' },
    split: null,
    fingerprints: false,
  };
  const result = await withJudgePool(sources, (pool) =>
    scanDataset(
      sources,
      { ...options, ...pool },
      {
        onFinding(finding) {
          const { code, name, severity } = finding;
          const found = codes.get(code) ?? { code, name, severity, count: 0, findings: [] };
          found.count += 1;
          if (found.findings.length < max) found.findings.push(finding);
          codes.set(code, found);
          request.onFinding?.(finding);
        },
        ...(request.onProgress && { onProgress: request.onProgress }),
      },
    ),
  );
  return {
    format: result.format,
    rows: result.rows,
    files: result.files,
    ledger: result.ledger,
    errors: result.errors,
    codes: [...codes.values()].sort(
      (a, b) => weight[a.severity] - weight[b.severity] || b.count - a.count || (a.code < b.code ? -1 : 1),
    ),
  };
}
