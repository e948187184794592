// `lorch data stats`: how many rows there are and how long they are; in tokens if a tokenizer is named.
import { exactDuplicate } from '../../dataset/checks/structure/exact-duplicate.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { ScanResult } from '../../dataset/scan/scan-types.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { usableRows } from '../sources/dataset-checks.ts';
import { type DatasetRequest, openSources, readFormat } from '../sources/dataset-sources.ts';
import type { TokenCounter, TokenDetails } from '../tokens/count-tokens.ts';
import type { Percentiles } from '../tokens/distribution.ts';
import { createMeasurer, type Measured } from './measure-examples.ts';

export interface DatasetStats extends Omit<Measured, 'percentiles'> {
  format: ScanResult['format'];
  /** Input rows, including those with errors. */
  rows: number;
  ledger: ScanResult['ledger'];
  fingerprint: string | null;
  files: ScanResult['files'];
  /** Rows that repeat an earlier one. As in a run, no other figure counts them. */
  duplicates: { exact: number };
  /** Null if no tokenizer was named, or if there are no rows to count. */
  tokens: number | null;
  trained_tokens: number | null;
  /** Rows that tokenisation would drop, by code; null if no tokenizer was named. */
  untrainable: Record<string, number> | null;
  percentiles: Measured['percentiles'] & { tokens: Percentiles | null; trained_tokens: Percentiles | null };
  /** Histograms, and the rows that the tokenisation cut, dropped or reported; null if no tokenizer was named. */
  token_details: (TokenDetails & { findings: Finding[] }) | null;
}

/** Statistics over the rows that a run would have: without errors, exact duplicates once. Throws UserError D090, D091, D093. */
export async function datasetStats(
  request: DatasetRequest & { tokens?: TokenCounter },
): Promise<DatasetStats> {
  const measurer = createMeasurer();
  const sources = await openSources(request);
  const result = await scanDataset(
    sources,
    {
      format: await readFormat(request),
      onError: 'drop',
      duplicates: { exact: 'drop' },
      split: null,
      checks: await usableRows({ ...request, sources }),
    },
    {
      onExample(_split, row) {
        measurer.add(row.example);
        return request.tokens?.add(row);
      },
      ...(request.onProgress && { onProgress: request.onProgress }),
    },
  );
  const counted = result.ledger.kept > 0 ? ((await request.tokens?.finish()) ?? null) : null;
  const { percentiles, ...measured } = measurer.end();
  return {
    format: result.format,
    rows: result.rows,
    ledger: result.ledger,
    fingerprint: result.fingerprint,
    files: result.files,
    duplicates: { exact: result.ledger.dropped[exactDuplicate.code] ?? 0 },
    ...measured,
    tokens: counted?.tokens ?? null,
    trained_tokens: counted?.trained_tokens ?? null,
    untrainable: counted?.untrainable ?? null,
    percentiles: {
      ...percentiles,
      tokens: counted?.lengths ?? null,
      trained_tokens: counted?.trained_lengths ?? null,
    },
    // Rows that were cut are already listed.
    token_details: counted && {
      ...counted.details,
      findings: counted.findings.filter(({ code }) => code !== 'T010' && code !== 'T011'),
    },
  };
}
