// The dataset section of a config, scanned; what it refuses stops the plan here.
import { mkdir, stat } from 'node:fs/promises';
import type { WrittenChecks } from '../config/check-file.ts';
import type { DatasetSection } from '../config/schema/dataset.ts';
import type { CheckSettings } from '../dataset/check-settings.ts';
import { preference } from '../dataset/formats/preference.ts';
import type { DataSource } from '../dataset/scan.ts';
import type { SourceFile, SourcePattern } from '../dataset/sources.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { assignSides, refuseChanged } from './assign-sides.ts';
import { chooseChecks, decidingSettings } from './choose-checks.ts';
import { findSources } from './dataset-sources.ts';
import { decideNear } from './decide-near.ts';
import type { PlanRequest } from './make-plan.ts';
import { type ScannedRows, scanRows } from './scan-rows.ts';
import { countSharedPrompts } from './shared-prompts.ts';
import { spillToDisk } from './spill-to-disk.ts';

/** The rows, and the check settings that decided which of them leave. */
export interface ScannedConfig extends ScannedRows {
  checks: CheckSettings;
  /** Validation rows whose prompt is trained on, too. */
  sharedPrompts: number;
}

/**
 * Scans into `dir`; `written` is `dataset.checks` with its places. Throws UserError D045 where rows are preference pairs,
 * D094 where check settings are wrong, and P002 where rows have errors and the config refuses them.
 */
export async function scanConfig(
  request: PlanRequest,
  dataset: DatasetSection,
  dir: string,
  written: WrittenChecks | null = null,
): Promise<ScannedConfig> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { validation } = dataset;
  const sources = await configSources(request, dataset);
  const { workspace } = request;
  const { settings } = await chooseChecks({
    sources,
    workspace: workspace.checks ?? null,
    config: written,
    // Precision changes no row's fate: reviewers demote warnings only.
    precision: [],
  });
  const { near, ...duplicates } = dataset.duplicates;
  const onProgress = (done: number): void => request.onProgress({ label: 'reading rows', done, total: null });
  const wanted = {
    format: dataset.format,
    onError: dataset.on_error,
    duplicates,
    split: validation && !Array.isArray(validation) ? validation : null,
    checks: settings,
  };
  const options = near
    ? {
        ...wanted,
        decided: await decideNear(sources, wanted, near, (done) =>
          request.onProgress({ label: 'looking for near-duplicates', done, total: null }),
        ),
      }
    : wanted;
  const assigned = options.split?.stratify
    ? await assignSides(sources, { ...options, split: options.split }, options.split.stratify, onProgress)
    : null;
  const split = assigned && options.split ? { ...options.split, sideOf: assigned.sideOf } : options.split;
  const scan = await scanRows(sources, { ...options, split }, dir, onProgress);
  refusePairs(scan);
  if (scan.result.refused) throw refusal(scan, dataset);
  if (assigned) refuseChanged(assigned.files, scan.result.files);
  const sharedPrompts = await countSharedPrompts(scan.examples);
  return { ...scan, checks: decidingSettings(settings), sharedPrompts };
}

// Checked by the scan like other rows, but no trainer here learns from pairs.
function refusePairs({ result, pairs }: ScannedRows): void {
  if (pairs === 0) return;
  const file = result.files.find(({ format }) => format === preference.name)?.path ?? result.files[0]?.path;
  throw new UserError('D045', `${file} holds preference pairs, which this version does not train on`, {
    hint: `write the chosen answers to a file of their own: lorch data convert ${file} --to chatml --allow-loss -o chosen.jsonl`,
  });
}

/** The files of a config, with their roles. Throws UserError D090, D091, D098, and what fetching from the hub throws. */
async function configSources(request: PlanRequest, dataset: DatasetSection): Promise<DataSource[]> {
  const find = (patterns: readonly SourcePattern[]): Promise<SourceFile[]> =>
    findSources(patterns, {
      cwd: request.workspace.root,
      env: request.env,
      cacheDir: request.workspace.cacheDir,
      onDownload: (file, done, total) => request.onProgress({ label: `fetching ${file}`, done, total }),
      ...(request.signal ? { signal: request.signal } : {}),
    });
  const { validation } = dataset;
  const held = Array.isArray(validation) ? await find(validation) : [];
  const trained = await find(dataset.train);
  const both = trained.find(({ path }) => held.some((file) => file.path === path));
  if (both)
    throw new UserError('D098', `${both.label} is trained on, so it cannot validate`, {
      hint: 'name the training files so that none of them is a validation file',
    });
  await Promise.all([...held, ...trained].map(requireFile));
  // First: of two equal rows the one in validation stays, and the other leaves training.
  return [
    ...held.map((file) => ({ ...file, role: 'validation' as const, spill: spillToDisk })),
    ...trained.map((file) => ({ ...file, role: 'train' as const, spill: spillToDisk })),
  ];
}

/** A run reads its rows more than once, and records what they were: a pipe or a device gives them once. */
async function requireFile({ path, label }: SourceFile): Promise<void> {
  const info = await stat(path).catch(() => null);
  if (!info || info.isFile()) return;
  throw new UserError('D091', `${label} is no file that can be read twice, as a run does`, {
    hint: 'write its rows to a file first',
    exitCode: 2,
  });
}

function refusal({ result, findings }: ScannedRows, dataset: DatasetSection): UserError {
  const errors = [...findings.values()]
    .flatMap(({ first }) => first)
    .filter(({ severity }) => severity === 'error');
  const total = result.errors.rows + result.errors.files;
  const files = dataset.train.map((each) => (typeof each === 'string' ? each : each.path)).join(' ');
  return new UserError('P002', `the dataset has ${total} error${total === 1 ? '' : 's'}`, {
    findings: errors.slice(0, 20),
    exitCode: 1,
    hint:
      result.errors.files > 0
        ? `\`lorch data check ${files}\` shows them all`
        : `mend the rows (\`lorch data check ${files}\` shows them all), or let them leave: dataset.on_error: drop`,
  });
}
