// `lorch data split`: writes train and validation files with exactly the rows of the input, and a ledger of every row.
import type { SideCount } from '../../dataset/assign-sides.ts';
import { defaultNear } from '../../dataset/duplicates/near-duplicates.ts';
import { createSplitWatch } from '../../dataset/groups/split-watch.ts';
import { lineagePath } from '../../dataset/lineage.ts';
import { resolveSettings } from '../../dataset/scan/check-settings.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { DataSource, ScanOptions, ScanResult } from '../../dataset/scan/scan-types.ts';
import type { Split } from '../../dataset/split.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { createOpenFiles, publishAll, refuseExisting } from '../files/new-file.ts';
import { spoolStdin } from '../files/spool-stdin.ts';
import {
  assignSides,
  needsView,
  type ReadSides,
  refuseChanged,
  type SideRules,
} from '../sources/assign-sides.ts';
import { errorsOnly } from '../sources/choose-checks.ts';
import { chooseDatasetChecks } from '../sources/dataset-checks.ts';
import { openDatasetOutput } from '../sources/dataset-output.ts';
import { type DatasetRequest, openSources, readFormat } from '../sources/dataset-sources.ts';
import { decideNear } from '../sources/decide-near.ts';
import { openLedgerFile } from '../sources/ledger-file.ts';
import { removeLeftBeside } from '../sources/left-beside.ts';
import { type LineageFacts, type MadeBy, openLineageFile } from '../sources/write-lineage.ts';

export interface SplitRequest extends DatasetRequest {
  fraction: number;
  seed: number;
  /** A stratification for strata.ts; null for the split that a run makes by default. */
  stratify: string | null;
  /** Fields whose rows stay on one side, or `growing`; empty for none. */
  groupBy?: readonly string[];
  /** Rows at least this similar stay on one side; null for equal rows only. */
  near: number | null;
  /** Absolute paths of files that do not exist yet. */
  out: { train: string; validation: string; ledger: string };
  onError: 'refuse' | 'drop';
  duplicates: 'drop' | 'keep';
  madeBy: MadeBy;
  onFinding?: (finding: Finding) => void;
}

export interface SplitDataset {
  format: ScanResult['format'];
  /** False if findings prevented the split and nothing was written. */
  done: boolean;
  rows: number;
  ledger: ScanResult['ledger'];
  train: { rows: number; fingerprint: string | null };
  validation: { rows: number; fingerprint: string | null };
  /** Null if nothing was stratified. */
  strata: SideCount[] | null;
  /** One entry for each field that rows were grouped by. */
  groups: ReadSides['groups'];
  /** Groups that have rows on both sides. */
  leaks: Finding[];
  errors: ScanResult['errors'];
}

/** Splits. Throws UserError D090, D091, D093, D095 (an output exists), D195 (no such strata), D196 (formats differ). */
export async function splitDataset(request: SplitRequest): Promise<SplitDataset> {
  const { out } = request;
  const datasets = [out.train, out.validation];
  for (const path of datasets) await removeLeftBeside(path);
  for (const path of [...datasets, ...datasets.map(lineagePath), out.ledger]) await refuseExisting(path);
  const opened = await openSources(request);
  const twice = needsView(rulesOf(request)) || request.near !== null;
  const spooled = twice ? await spoolStdin(opened) : null;
  try {
    return await splitSources(request, opened, spooled?.sources ?? opened);
  } finally {
    await spooled?.dispose();
  }
}

async function splitSources(
  request: SplitRequest,
  opened: readonly DataSource[],
  sources: readonly DataSource[],
): Promise<SplitDataset> {
  const { fraction, seed, near, out, onProgress } = request;
  const { checks } = await chooseDatasetChecks({ ...request, sources: opened });
  const options = {
    format: await readFormat(request),
    onError: request.onError,
    duplicates: { exact: request.duplicates },
    split: { fraction, seed },
    checks: errorsOnly(checks.settings),
  } satisfies ScanOptions;
  const grouped = near === null ? options : { ...options, decided: await groupNear(near, sources, options) };
  const rules = rulesOf(request);
  const assigned = needsView(rules) ? await assignSides(sources, grouped, rules, onProgress) : null;
  const watch = createSplitWatch(false, resolveSettings(checks.settings));
  const open = createOpenFiles();
  try {
    const ledger = await open.add(openLedgerFile(out.ledger));
    const lineages = {
      train: await open.add(openLineageFile(out.train)),
      validation: await open.add(openLineageFile(out.validation)),
    };
    const files = {
      train: await open.add(openDatasetOutput(out.train)),
      validation: await open.add(openDatasetOutput(out.validation)),
    };
    const result = await scanDataset(
      sources,
      assigned ? { ...grouped, split: { fraction, seed, sideOf: assigned.sideOf } } : grouped,
      {
        onExample(side, row) {
          watch.add(side, row);
          return files[side].add(row.text);
        },
        onLedger: (entry) => ledger.add(entry),
        ...(request.onFinding && { onFinding: request.onFinding }),
        ...(onProgress && { onProgress }),
      },
    );
    refuseMixed(result);
    if (assigned) refuseChanged(assigned.files, result.files);
    const done = !result.refused;
    if (done) {
      for (const side of ['train', 'validation'] as const)
        await lineages[side].record(files[side], lineageFacts(request, side, opened, result));
      await publishAll([ledger, ...Object.values(lineages), ...Object.values(files)]);
    }
    const { format, rows, ledger: totals, train, validation, errors } = result;
    const strata = request.stratify === null ? null : (assigned?.strata ?? null);
    const leaks = watch.findings();
    const groups = assigned?.groups ?? [];
    return { format, done, rows, ledger: totals, train, validation, strata, groups, leaks, errors };
  } finally {
    await open.dispose();
  }
}

function rulesOf({ stratify, groupBy = [] }: SplitRequest): SideRules {
  return { stratify, groupBy };
}

// Near-duplicates go to the side of the first of them; none is dropped.
async function groupNear(
  threshold: number,
  sources: readonly DataSource[],
  options: ScanOptions,
): Promise<ScanOptions['decided']> {
  const { n, keep } = defaultNear;
  return await decideNear(sources, options, { threshold, n, keep, action: 'keep' }, () => undefined);
}

// A file has one format: rows of two formats in one file could not be read again.
function refuseMixed({ format, refused }: ScanResult): void {
  if (format.name !== 'mixed' || refused) return;
  throw new UserError('D196', `The files have different formats (${format.why}).`, {
    hint: 'bring them into one with `lorch data convert` first',
  });
}

function lineageFacts(
  { madeBy, fraction, seed, stratify, groupBy = [], near, onError, duplicates }: SplitRequest,
  side: Split,
  sources: readonly DataSource[],
  { files, ledger, train, validation }: ScanResult,
): LineageFacts {
  const { rows, fingerprint } = side === 'train' ? train : validation;
  return {
    madeBy,
    options: {
      side,
      validation: fraction,
      seed,
      stratify,
      ...(groupBy.length > 0 && { group_by: groupBy }),
      near,
      on_error: onError,
      duplicates,
    },
    sources,
    files,
    rows,
    fingerprint,
    ledger: { ...ledger, train: train.rows, validation: validation.rows },
  };
}
