// The interface of all reports of a check: findings arrive one by one, the totals at the end.
import type { FoundRow } from '../../../../dataset/scan/scan-types.ts';
import type { Finding } from '../../../../diagnostics/finding.ts';
import type { CheckedDataset } from '../check-dataset.ts';

export interface CheckReport {
  add(finding: Finding, row: FoundRow | null): void | Promise<void>;
  /** After the last finding: the report is written. */
  end(checked: CheckedDataset): Promise<void>;
  /** Removes leftover files. Always call it. */
  dispose(): Promise<void>;
}

/** The totals as JSON has them, without the findings. */
export function summarise(checked: CheckedDataset) {
  const { format, rows, files, ledger, codes, checks, found, baseline, recorded, fixed, tokens } = checked;
  const before = { format: format.name, format_why: format.why, confidence: format.confidence, rows, files };
  const precision = codes.flatMap((each) => (each.precision ? [each.precision] : []));
  const after = {
    counts: Object.fromEntries(codes.map(({ code, count }) => [code, count])),
    /** Rows of each code: several findings in one row count once. */
    rows_found: Object.fromEntries(codes.map(({ code, rows }) => [code, rows])),
    severities: found,
    ledger,
    ...(tokens && { tokens: tokens.total, trained_tokens: tokens.trained }),
    checks: {
      settings_from: checks.files,
      left_out: checks.leftOut,
      demoted: checks.demoted.map(({ code }) => code),
    },
    precision,
    ...(baseline && { baseline }),
    ...(recorded && { written_baseline: recorded }),
    ...(fixed && {
      fixes: {
        written_to: fixed.writtenTo,
        rows: fixed.rows,
        applied: Object.fromEntries(fixed.codes.map(({ code, count }) => [code, count])),
        skipped: Object.fromEntries(
          fixed.codes.flatMap(({ code, skipped }) => (skipped ? [[code, skipped]] : [])),
        ),
      },
    }),
  };
  return { before, after };
}
