// One run of `lorch data check`: chooses settings, scans the rows once, writes every requested report.
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DataSource } from '../../../dataset/scan/scan-types.ts';
import { UserError } from '../../../diagnostics/user-error.ts';
import type { CheckFilter } from '../../sources/choose-checks.ts';
import { chooseDatasetChecks } from '../../sources/dataset-checks.ts';
import { type DatasetRequest, openSources, readFormat } from '../../sources/dataset-sources.ts';
import { maskFinding } from '../../sources/mask-finding.ts';
import type { TokenCounter } from '../../tokens/count-tokens.ts';
import { createBaselineWriter, readBaseline, readReplaced } from './baseline.ts';
import { type CheckedDataset, checkDataset } from './check-dataset.ts';
import { fetchRowTexts } from './fetch-row-texts.ts';
import { openFixCopy } from './fix-copy.ts';
import { createFixer } from './fix-dataset.ts';
import { createHtmlReport, type HtmlOptions } from './reports/html.ts';
import { createJsonReport } from './reports/json.ts';
import { createNdjsonReport } from './reports/ndjson.ts';
import type { CheckReport } from './reports/report.ts';
import { createSarifReport } from './reports/sarif.ts';

/** A file that a user named. */
export interface NamedFile {
  /** Absolute. */
  path: string;
  /** As typed. */
  label: string;
}

export interface CheckRun extends DatasetRequest {
  version: string;
  nowMs: number;
  /** Settings read instead of those beside the datasets. */
  settings: NamedFile | null;
  filter: CheckFilter;
  baseline: NamedFile | null;
  writeBaseline: NamedFile | null;
  html: NamedFile | null;
  sarif: NamedFile | null;
  /** What goes to stdout besides the summary. */
  stream: { form: 'json' | 'ndjson'; write(text: string): void } | null;
  /** Findings of each code in the result; for JSON null writes them all. */
  max: number | null;
  fix: { copy: NamedFile | null } | null;
  /** Counts tokens; the code that opened it disposes of it. */
  tokens: TokenCounter | null;
}

const shownInTerminal = 3;
// As many as a person can read, and as many as code review tools accept.
const shownInHtml = 100;
const shownInSarif = 500;

/** Throws UserError C001, C026, D090–D095, D198, D199. */
export async function checkAndReport(run: CheckRun): Promise<CheckedDataset> {
  const sources = await openSources(run);
  await refuseTargets([run.html, run.sarif, run.writeBaseline], sources);
  const { writeBaseline } = run;
  const before = writeBaseline && (await readReplaced(writeBaseline.path, writeBaseline.label));
  const format = await readFormat(run);
  const { checks, precision } = await chooseDatasetChecks({
    cwd: run.cwd,
    home: run.env.HOME,
    sources,
    file: run.settings,
    filter: run.filter,
  });
  const baseline = run.baseline && (await readBaseline(run.baseline.path, run.baseline.label));
  const record = run.writeBaseline ? createBaselineWriter() : null;
  const madeBy = { command: 'data check --fix', version: run.version, atMs: run.nowMs };
  const copy = run.fix?.copy ? await openFixCopy(sources, run.fix.copy, madeBy) : null;
  const fixer = run.fix ? createFixer(run.max ?? shownInTerminal, copy) : null;
  const fetchTexts = (rows: ReadonlySet<number>) => fetchRowTexts(sources, format, rows);
  const reports = openReports(run, fetchTexts);
  try {
    const checked = await checkDataset({
      sources,
      format,
      checks,
      precision,
      max: run.stream ? 0 : (run.max ?? shownInTerminal),
      baseline,
      record,
      tokens: run.tokens,
      fingerprints: run.html !== null || run.sarif !== null || fixer !== null,
      onFinding(finding, row) {
        fixer?.add(finding, row);
        // Wait only for a report that is behind, because there may be millions of findings.
        const masked = reports.length > 0 ? maskFinding(finding) : finding;
        const slow = reports.flatMap((report) => report.add(masked, row) ?? []);
        if (slow.length > 0) return Promise.all(slow).then(() => undefined);
      },
      ...(fixer && { onLedger: fixer.onLedger }),
      ...(run.onProgress && { onProgress: run.onProgress }),
    });
    checked.fixed = fixer ? await fixer.end() : null;
    // Only written fixes count: a preview does not change any row.
    if (checked.fixed?.writtenTo) checked.ledger.fixed = checked.fixed.kept;
    if (run.writeBaseline && record) {
      await record.write(run.writeBaseline.path);
      const file = run.writeBaseline.label;
      checked.recorded = { file, findings: record.size(), replaced: before && record.compare(before) };
    }
    for (const report of reports) await report.end(checked);
    return checked;
  } finally {
    await fixer?.dispose();
    for (const report of reports) await report.dispose();
  }
}

// Checked before the scan, which may take long: each file can be written, and none overwrites a dataset or another report.
async function refuseTargets(
  files: readonly (NamedFile | null)[],
  sources: readonly DataSource[],
): Promise<void> {
  const datasets = new Set(await Promise.all(sources.map(({ path }) => realPath(path))));
  const taken = new Set<string>();
  for (const file of files) {
    if (!file) continue;
    await refuseTarget(file);
    const path = await realPath(file.path);
    if (datasets.has(path) || datasets.has(file.path))
      throw new UserError('D095', `${file.label} is a dataset, and the report would overwrite it.`, {
        hint: 'name another file',
      });
    if (taken.has(path))
      throw new UserError('D095', `${file.label} is named for two reports.`, { hint: 'name two files' });
    taken.add(path);
  }
}

async function refuseTarget({ path, label }: NamedFile): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => null);
  if (!folder?.isDirectory())
    throw new UserError('D091', `${label} cannot be written: its folder does not exist.`, {
      hint: `mkdir -p ${dirname(label)}`,
    });
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory())
    throw new UserError('D091', `${label} cannot be written: it is a folder.`, { hint: 'name a file in it' });
}

// With links resolved; a path that does not exist, or stdin, stays unchanged.
function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function openReports(
  { html, sarif, stream, max, cwd, version }: CheckRun,
  fetchTexts: HtmlOptions['fetchTexts'],
): CheckReport[] {
  return [
    ...(html ? [createHtmlReport({ path: html.path, version, max: shownInHtml, fetchTexts })] : []),
    ...(sarif ? [createSarifReport({ path: sarif.path, cwd, version, max: shownInSarif })] : []),
    ...(stream?.form === 'json' ? [createJsonReport({ max, write: stream.write })] : []),
    ...(stream?.form === 'ndjson' ? [createNdjsonReport(stream.write)] : []),
  ];
}
