// Scans the dataset section of a config; if it refuses the rows, the plan stops here.
import { mkdir } from 'node:fs/promises';
import type { WrittenChecks } from '../../config/check-file.ts';
import type { DatasetSection } from '../../config/schema/dataset.ts';
import { unknownFormat } from '../../dataset/checks/structure/unknown-format.ts';
import { preference } from '../../dataset/formats/preference.ts';
import type { CheckSettings } from '../../dataset/scan/check-settings.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { TrainerProgress } from '../../python/run-trainer.ts';
import { assignSides, needsView, type ReadSides, refuseChanged } from '../sources/assign-sides.ts';
import { chooseChecks, decidingSettings } from '../sources/choose-checks.ts';
import { type ConfigSource, findConfigSources, scanOrder } from '../sources/config-sources.ts';
import { decideNear } from '../sources/decide-near.ts';
import { isOwnTemplate } from '../tokens/read-template.ts';
import { type ScannedRows, scanRows } from './scan-rows.ts';
import { countSharedPrompts } from './shared-prompts.ts';

/** The rows, and the check settings that decided which of them were dropped. */
export interface ScannedConfig extends ScannedRows {
  checks: CheckSettings;
  /** The entries of the config, training first; their rows are numbered in the order of `scanOrder`. */
  entries: readonly ConfigSource[];
  /** Validation rows whose prompt also occurs in training. */
  sharedPrompts: number;
  /** What `validation.group_by` found for each field. */
  groups: ReadSides['groups'];
}

/** Where a config's files are, and the settings around it. */
export interface ScanScope {
  /** Dataset paths are relative to it. */
  root: string;
  /** For files that are fetched from the hub. */
  cacheDir: string;
  /** `checks:` of lorch.yaml. */
  checks: WrittenChecks | null;
  env: Readonly<Record<string, string | undefined>>;
  onProgress(progress: TrainerProgress): void;
  signal?: AbortSignal | undefined;
}

/**
 * Scans into `dir`; `written` is `dataset.checks` with its places. Throws UserError D045 if rows are preference pairs,
 * D094 if check settings are wrong, and P002 if rows have errors and the config refuses them.
 */
export async function scanConfig(
  { root, cacheDir, checks, env, onProgress, signal }: ScanScope,
  dataset: DatasetSection,
  dir: string,
  written: WrittenChecks | null = null,
): Promise<ScannedConfig> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { validation } = dataset;
  const entries = await findConfigSources(dataset, {
    cwd: root,
    env,
    cacheDir,
    onDownload: (file, done, total) => onProgress({ label: `fetching ${file}`, done, total }),
    ...(signal ? { signal } : {}),
  });
  const ordered = scanOrder(entries);
  const sources = ordered.map(({ data }) => data);
  const { settings } = await chooseChecks({
    sources,
    workspace: checks,
    config: written,
    // Precision does not change the fate of rows, because only warnings are demoted.
    precision: [],
  });
  const { near, ...duplicates } = dataset.duplicates;
  const onRows = (done: number): void => onProgress({ label: 'reading rows', done, total: null });
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
          onProgress({ label: 'looking for near-duplicates', done, total: null }),
        ),
      }
    : wanted;
  const rules = { stratify: options.split?.stratify ?? null, groupBy: options.split?.group_by ?? [] };
  const assigned =
    options.split && needsView(rules)
      ? await assignSides(sources, { ...options, split: options.split }, rules, onRows)
      : null;
  const split = assigned && options.split ? { ...options.split, sideOf: assigned.sideOf } : options.split;
  // Weights apply last, because duplicates and the split are decided on all rows.
  const draw = { seed: dataset.draw_seed };
  const scan = await scanRows(
    sources,
    { ...options, split, draw },
    dir,
    onRows,
    ownTemplates(ordered, dataset),
  );
  refusePairs(scan);
  if (scan.result.refused) throw refusal(scan, entries);
  if (assigned) refuseChanged(assigned.files, scan.result.files);
  const sharedPrompts = await countSharedPrompts(scan.examples);
  const groups = assigned?.groups ?? [];
  return { ...scan, checks: decidingSettings(settings), entries, sharedPrompts, groups };
}

/** Templates other than the dataset's, by file. */
function ownTemplates(
  ordered: ReturnType<typeof scanOrder>,
  { template }: DatasetSection,
): Map<string, string> {
  return new Map(
    ordered.flatMap(({ source, data }) =>
      isOwnTemplate(source.template, template) ? [[data.label, source.template]] : [],
    ),
  );
}

// The scan checks pairs like other rows, but the trainer cannot learn from pairs.
function refusePairs({ result, pairs }: ScannedRows): void {
  if (pairs === 0) return;
  const file = result.files.find(({ format }) => format === preference.name)?.path ?? result.files[0]?.path;
  throw new UserError('D045', `${file} holds preference pairs, which this version does not train on`, {
    hint: `write the chosen answers to a file of their own: lorch data convert ${quotePath(file ?? 'FILE')} --to chatml --allow-loss -o chosen.jsonl`,
  });
}

function refusal({ result, findings }: ScannedRows, entries: readonly ConfigSource[]): UserError {
  const errors = [...findings.values()]
    .flatMap(({ first }) => first)
    .filter(({ severity }) => severity === 'error');
  const total = result.errors.rows + result.errors.files;
  const ownerOf = ({ at }: Finding): ConfigSource | undefined =>
    entries.find(({ files }) => files.some(({ label }) => label === at?.file));
  const guilty = entries.filter((entry) => errors.some((error) => ownerOf(error) === entry));
  const command = `lorch data check ${guilty.map(({ path }) => quotePath(path)).join(' ')}`;
  return new UserError('P002', `the dataset has ${total} error${total === 1 ? '' : 's'}`, {
    findings: errors.slice(0, 20).map((error) => namingSource(error, ownerOf(error))),
    exitCode: 1,
    hint:
      result.errors.files > 0
        ? `\`${command}\` shows them all`
        : `fix the rows (\`${command}\` shows them all), or drop them: dataset.on_error: drop`,
  });
}

/** Names the setting of the config to change if a format cannot be detected or a mapping does not fit. */
function namingSource(error: Finding, source: ConfigSource | undefined): Finding {
  if (error.code !== unknownFormat.code || !source) return error;
  return {
    ...error,
    // `text` applies to the whole dataset; a single source cannot have this format.
    hint: [
      error.hint,
      `in this config: ${/format: text/.test(error.hint ?? '') ? 'dataset' : source.setting}.format`,
    ]
      .filter(Boolean)
      .join('; '),
  };
}
