// `lorch data sample`: draws rows in the order of the review's permutation and keeps their text.
import type { Example, RowPlace } from '../../dataset/example.ts';
import { datasetFingerprint } from '../../dataset/fingerprint.ts';
import { lineagePath } from '../../dataset/lineage.ts';
import { createCollector } from '../../dataset/sample/create-collector.ts';
import type { SampledRow } from '../../dataset/sample/stratified-pool.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { DataSource, ScanOptions, ScanResult } from '../../dataset/scan/scan-types.ts';
import { createOpenFiles, publishAll, refuseExisting } from '../files/new-file.ts';
import { spoolStdin } from '../files/spool-stdin.ts';
import { refuseChanged } from '../sources/assign-sides.ts';
import { errorsOnly } from '../sources/choose-checks.ts';
import { refuseDamaged } from '../sources/damaged-file.ts';
import { chooseDatasetChecks } from '../sources/dataset-checks.ts';
import { oneLine, openDatasetOutput } from '../sources/dataset-output.ts';
import { type DatasetRequest, openSources, readFormat } from '../sources/dataset-sources.ts';
import { removeLeftBeside } from '../sources/left-beside.ts';
import { type MadeBy, openLineageFile } from '../sources/write-lineage.ts';

export interface SampleRequest extends DatasetRequest {
  count: number;
  /** `length`, `source`, `source:KEY`, `label` or `finding`; null draws uniformly. */
  stratify: string | null;
  /** Absolute path of a file that does not exist yet; null if the rows are only shown. */
  out: string | null;
  madeBy: MadeBy;
}

interface DrawnRow {
  row: number;
  place: RowPlace;
  fingerprint: string;
  stratum: string | null;
  example: Example;
  /** Raw JSON on one line. */
  text: string;
}

export interface DatasetSample {
  format: ScanResult['format'];
  rows: number;
  ledger: ScanResult['ledger'];
  /** Fingerprint of the rows without errors, which are those that can be drawn; it seeds the permutation. */
  fingerprint: string;
  /** In the order drawn. */
  drawn: DrawnRow[];
  /** Rows in each stratum; null in a uniform sample. */
  strata: Record<string, number> | null;
}

/** Draws rows without errors. Throws UserError D090, D091, D093, D095 (the output exists), D195 (no such strata). */
export async function sampleDataset(request: SampleRequest): Promise<DatasetSample> {
  const { count, stratify, out, onProgress } = request;
  if (out !== null) await removeLeftBeside(out);
  if (out !== null) for (const path of [out, lineagePath(out)]) await refuseExisting(path);
  const opened = await openSources(request);
  const { checks } = await chooseDatasetChecks({ ...request, sources: opened });
  const options: ScanOptions = {
    format: await readFormat(request),
    onError: 'drop',
    duplicates: { exact: 'drop' },
    split: null,
    checks: stratify === 'finding' ? checks.settings : errorsOnly(checks.settings),
  };
  const { sources, dispose } = await spoolStdin(opened);
  try {
    const collector = createCollector(stratify);
    const result = await scanDataset(sources, options, {
      onExample: (_side, row) => collector.onRow(row),
      onFinding(finding, row) {
        refuseDamaged(finding, row);
        return collector.onFinding?.(finding, row);
      },
      ...(onProgress && { onProgress }),
    });
    const fingerprint = result.fingerprint ?? '';
    const again = { ...options, checks: errorsOnly(checks.settings) };
    const drawn = await fetchRows(sources, again, collector.draw(count, fingerprint), result);
    if (out !== null) await writeSample(request, out, opened, drawn, result);
    const { format, rows, ledger } = result;
    return { format, rows, ledger, fingerprint, drawn, strata: collector.strata() };
  } finally {
    await dispose();
  }
}

// The second reading keeps only the drawn rows.
async function fetchRows(
  sources: readonly DataSource[],
  options: ScanOptions,
  chosen: readonly SampledRow[],
  before: ScanResult,
): Promise<DrawnRow[]> {
  const wanted = new Map(chosen.map((each, order) => [each.row, { ...each, order }]));
  const drawn: DrawnRow[] = [];
  const result = await scanDataset(sources, options, {
    onExample(_side, { row, example, fingerprint, place, text }) {
      const found = wanted.get(row);
      if (!found) return;
      const { order, stratum } = found;
      drawn[order] = { row, place, fingerprint, stratum, example, text: oneLine(text) };
    },
  });
  refuseChanged(before.files, result.files);
  return drawn;
}

async function writeSample(
  { count, stratify, madeBy }: SampleRequest,
  out: string,
  sources: readonly DataSource[],
  drawn: readonly DrawnRow[],
  { files, ledger }: ScanResult,
): Promise<void> {
  const open = createOpenFiles();
  try {
    const file = await open.add(openDatasetOutput(out));
    const lineage = await open.add(openLineageFile(out));
    for (const { text } of drawn) await file.add(text);
    await lineage.record(file, {
      madeBy,
      options: { rows: count, stratify },
      sources,
      files,
      rows: drawn.length,
      fingerprint: datasetFingerprint(drawn.map(({ fingerprint }) => fingerprint)),
      ledger: { ...ledger, kept: drawn.length, not_drawn: ledger.kept - drawn.length },
    });
    await publishAll([lineage, file]);
  } finally {
    await open.dispose();
  }
}
