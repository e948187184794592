// Which checks run on a dataset, and how strict they are: workspace < beside the dataset or --checks < run config,
// then the precision by reviewers' verdicts, then the filters of the command line.
import { stat } from 'node:fs/promises';
import { readCheckFile, type WrittenChecks } from '../../config/check-file.ts';
import type { Check, CheckGroup } from '../../dataset/checks/check.ts';
import { checks } from '../../dataset/checks/index.ts';
import type { CheckPrecision } from '../../dataset/review/check-precision.ts';
import { type CheckSetting, type CheckSettings, resolveSettings } from '../../dataset/scan/check-settings.ts';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import type { Severity } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { allCodes } from '../codes/explain-code.ts';
import { type Demotion, joinCheckSettings } from './join-check-settings.ts';

export interface CheckChoice {
  sources: readonly DataSource[];
  /** `checks:` of lorch.yaml. */
  workspace: WrittenChecks | null;
  /** Settings file to read instead of those beside the datasets: absolute path, and name for users. */
  file?: { path: string; label: string } | null;
  /** `dataset.checks` of a run config. */
  config?: WrittenChecks | null;
  filter?: CheckFilter;
  /** Precision of the checks by reviewers' verdicts. */
  precision: readonly CheckPrecision[];
}

/** Filter by codes or names; checks that reading rows depends on always run. */
export interface CheckFilter {
  only: readonly string[];
  skip: readonly string[];
  groups: readonly CheckGroup[];
}

export interface ChosenChecks {
  settings: CheckSettings;
  /** Settings files in use, weakest first. */
  files: string[];
  /** Checks that reviewers' verdicts demoted to notes. */
  demoted: CheckPrecision[];
  /** How many checks the filter removed. */
  leftOut: number;
}

/** Merges all settings. Throws UserError C001, D094 and D206 with the places of the faults. */
export async function chooseChecks(choice: CheckChoice): Promise<ChosenChecks> {
  const { workspace, config, file, filter } = choice;
  const beside = file ? [await readCheckFile(file.path, file.label)] : await readBeside(choice.sources);
  const layers = [workspace, ...beside, config].filter((layer) => !!layer) as WrittenChecks[];
  const { settings, demotion } = joinCheckSettings(layers);
  const demoted = demotion ? findDemoted(settings, demotion, choice.precision) : [];
  const notes = demoted.map(({ code }) => [code, withSeverity(settings[code], 'note')] as const);
  const before = { ...settings, ...Object.fromEntries(notes) };
  const filtered = filter ? await applyFilter(before, filter) : { settings: {}, leftOut: 0 };
  return {
    settings: { ...before, ...filtered.settings },
    files: [...new Set(layers.filter(({ root }) => root.entries.size > 0).map((layer) => layer.file))],
    demoted,
    leftOut: filtered.leftOut,
  };
}

/** Path of the settings of a dataset file. */
export function besidePath(file: string): string {
  return `${file}.checks.yaml`;
}

/** Those of these settings that decide which rows are dropped: checks that became errors, or no longer are. */
export function decidingSettings(settings: CheckSettings): CheckSettings {
  const { severityOf } = resolveSettings(settings);
  const decides = (check: Check): boolean =>
    !check.across &&
    (severityOf(check) === 'error' || check.severity === 'error') &&
    settings[check.code] !== undefined;
  return Object.fromEntries(checks.filter(decides).map(({ code }) => [code, settings[code] as CheckSetting]));
}

/** The same fate for every row with less work, because checks that are not errors are off. */
export function errorsOnly(settings: CheckSettings): CheckSettings {
  const { severityOf } = resolveSettings(settings);
  const off = checks.filter((check) => !check.fatal && severityOf(check) !== 'error');
  return { ...settings, ...Object.fromEntries(off.map(({ code }) => [code, 'off' as const])) };
}

// Several files count as one dataset, so their settings are merged and must not contradict each other.
async function readBeside(sources: readonly DataSource[]): Promise<WrittenChecks[]> {
  const found: WrittenChecks[] = [];
  for (const { path, label, stream } of sources) {
    const there = !stream && (await stat(besidePath(path)).catch(() => null))?.isFile();
    if (there) found.push(await readCheckFile(besidePath(path), besidePath(label)));
  }
  const said = new Map<string, { file: string; setting: string }>();
  for (const each of found.length > 1 ? found : []) {
    const { settings, demotion } = joinCheckSettings([each]);
    for (const [key, value] of Object.entries({ ...settings, demote_below: demotion })) {
      const setting = JSON.stringify(value);
      const other = said.get(key);
      if (other && value !== null && other.setting !== setting)
        throw new UserError('D094', `${other.file} and ${each.file} set ${key} differently.`, {
          hint: 'check the files one at a time, or name one settings file with --checks',
        });
      if (value !== null) said.set(key, { file: each.file, setting });
    }
  }
  return found;
}

function findDemoted(
  settings: CheckSettings,
  { below, after }: Demotion,
  precision: readonly CheckPrecision[],
): CheckPrecision[] {
  const { severityOf } = resolveSettings(settings);
  return precision.filter(({ code, rows, precision: measured }) => {
    const check = checks.find((each) => each.code === code);
    // An error decides which rows train, so only a person may change its severity, not a count.
    return check !== undefined && severityOf(check) === 'warning' && rows >= after && measured < below;
  });
}

function withSeverity(setting: CheckSetting | undefined, severity: Severity): CheckSetting {
  return typeof setting === 'object' ? { ...setting, severity } : severity;
}

// A check that is named runs even if a settings file switches it off; all others are off.
async function applyFilter(
  settings: CheckSettings,
  { only, skip, groups }: CheckFilter,
): Promise<{ settings: CheckSettings; leftOut: number }> {
  const { severityOf } = resolveSettings(settings);
  const wanted = await Promise.all(only.map(findCheck));
  const unwanted = await Promise.all(skip.map(findCheck));
  const elsewhere = wanted.find((check) => check.foundBy);
  if (elsewhere)
    throw new UserError(
      'D094',
      `${elsewhere.code} ${elsewhere.name} is not one of the checks of lorch data check: it compares rows with one another.`,
      { hint: `${elsewhere.foundBy} looks for it`, exitCode: 2 },
    );
  const needed = unwanted.find((check) => check.fatal);
  if (needed)
    throw new UserError(
      'D094',
      `${needed.code} ${needed.name} cannot be skipped: without it rows cannot be read.`,
      {
        hint: 'to drop its rows, set dataset.on_error: drop',
        exitCode: 2,
      },
    );
  const changed: Record<string, CheckSetting> = {};
  let leftOut = 0;
  let running = wanted.filter((check) => check.fatal).length;
  for (const check of checks) {
    const on = severityOf(check) !== null;
    const inGroup = groups.length === 0 || groups.includes(check.group ?? 'structure');
    const asked = wanted.length > 0 ? wanted.includes(check) : on && inGroup;
    const runs = check.fatal || (asked && !unwanted.includes(check));
    if (runs && !check.fatal) running += 1;
    if (runs && !on) changed[check.code] = withSeverity(settings[check.code], check.severity);
    if (runs || !on) continue;
    changed[check.code] = 'off';
    leftOut += 1;
  }
  if (running === 0)
    throw new UserError('D206', 'No check is left to run.', {
      hint: 'name fewer checks with --skip, or others with --only and --group',
    });
  return { settings: changed, leftOut };
}

/** A check by code, in any case of letters, or name. Throws UserError D094. */
async function findCheck(key: string): Promise<Check> {
  const found = checks.find(({ code, name }) => code === key.toUpperCase() || name === key);
  if (found) return found;
  const other = (await allCodes()).find(({ code, name }) => code === key.toUpperCase() || name === key);
  if (other)
    throw new UserError('D094', `${other.code} ${other.name} is not a check of rows.`, {
      hint: other.code.startsWith('T')
        ? 'it is found while tokens are counted: --tokenizer MODEL shows it in any case'
        : `lorch explain ${other.code} says where it comes from`,
      exitCode: 2,
    });
  resolveSettings({ [key]: {} });
  throw new Error(`no check ${key}`);
}
