// Merges check settings; later layers override earlier ones. The config
// folder knows their places, the dataset folder knows the checks; this file combines both.
import type { WrittenChecks } from '../../config/check-file.ts';
import { distinctFindings } from '../../config/finding.ts';
import { isNull, type Located, type LocatedEntry, toPlain } from '../../config/source/located.ts';
import { nearest } from '../../config/suggest.ts';
import type { Check } from '../../dataset/checks/check.ts';
import { checks } from '../../dataset/checks/index.ts';
import { type CheckSetting, type CheckSettings, resolveSettings } from '../../dataset/scan/check-settings.ts';
import type { Finding, Place } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';

/** When reviewers' verdicts demote a check to a note. */
export interface Demotion {
  /** The smallest accepted share of a check's rows that were defects, between 0 and 1. */
  below: number;
  /** Number of reviewed rows from which the share counts. */
  after: number;
}

export interface JoinedChecks {
  /** By code. */
  settings: CheckSettings;
  /** Null unless asked for. */
  demotion: Demotion | null;
}

/** Keys that are not checks. */
const reserved = ['groups', 'demote_below', 'demote_after'] as const;
const groups = ['content', 'consistency'] as const;
const fewestReviewed = 10;

/** Merges the layers, weakest first. Throws UserError D094 with every fault of every layer at its place. */
export function joinCheckSettings(layers: readonly WrittenChecks[]): JoinedChecks {
  const settings = new Map<string, CheckSetting>();
  let below: number | null = null;
  let after = fewestReviewed;
  const findings: Finding[] = [];
  for (const { root } of layers) {
    const read = readLayer(root, findings);
    for (const [code, setting] of read.settings)
      if (setting === null) settings.delete(code);
      else settings.set(code, over(settings.get(code), setting));
    below = read.below === undefined ? below : read.below;
    after = read.after ?? after;
  }
  if (findings.length > 0) throw invalid(findings, layers);
  return {
    settings: Object.fromEntries([...settings].sort(([a], [b]) => (a < b ? -1 : 1))),
    demotion: below === null ? null : { below, after },
  };
}

interface Layer {
  settings: Map<string, CheckSetting | null>;
  /** Null removes the setting of an earlier layer. */
  below?: number | null;
  after?: number;
}

function readLayer(root: WrittenChecks['root'], findings: Finding[]): Layer {
  const layer: Layer = { settings: new Map() };
  const names = new Map<string, string>();
  const group = root.entries.get('groups');
  if (group)
    for (const [check, setting] of readGroups(group, findings)) layer.settings.set(check.code, setting);
  for (const [key, entry] of root.entries) {
    if (key === 'groups') continue;
    if (key === 'demote_below') layer.below = readNumber(entry, key, 0, 1, findings);
    else if (key === 'demote_after') layer.after = readNumber(entry, key, 1, 1e9, findings) ?? fewestReviewed;
    else {
      const check = readName(key, entry.key, findings);
      if (!check) continue;
      const other = names.get(check.code);
      if (other !== undefined)
        findings.push(
          fault(entry.key, `\`${other}\` and \`${key}\` are the same check.`, 'remove one of them'),
        );
      names.set(check.code, key);
      layer.settings.set(check.code, readSetting(check, entry.value, findings));
    }
  }
  return layer;
}

function readName(key: string, at: Place, findings: Finding[]): Check | undefined {
  const check = checks.find((each) => each.code === key || each.name === key);
  if (check) return check;
  const candidates = [...checks.map(({ name }) => name), ...reserved];
  const near = nearest(key, /^D\d/i.test(key) ? checks.map(({ code }) => code) : candidates);
  const hint = near ? `did you mean \`${near}\`?` : 'docs/checks lists them, and `lorch explain` says more';
  findings.push(fault(at, `There is no check \`${key}\`.`, hint));
  return undefined;
}

function readSetting(check: Check, value: Located, findings: Finding[]): CheckSetting | null {
  if (isNull(value)) return null;
  if (value.kind === 'list' || (value.kind === 'scalar' && typeof value.value !== 'string')) {
    const hint = 'off, note, warning or error, or a mapping with `severity:` and thresholds';
    findings.push(fault(value.at, `This is not a setting of ${check.code} ${check.name}.`, hint));
    return null;
  }
  if (value.kind === 'scalar') {
    findings.push(...faultsOf(check, value.value as CheckSetting, value.at));
    return value.value as CheckSetting;
  }
  for (const [name, entry] of value.entries) {
    if (isNull(entry.value)) continue;
    const known = name === 'severity' || Object.hasOwn(check.thresholds ?? {}, name);
    const setting = { [name]: toPlain(entry.value) } as CheckSetting;
    findings.push(...faultsOf(check, setting, known ? entry.value.at : entry.key));
  }
  return toPlain(value) as CheckSetting;
}

function readGroups({ value }: LocatedEntry, findings: Finding[]): [Check, CheckSetting][] {
  if (value.kind !== 'map') {
    if (!isNull(value))
      findings.push(fault(value.at, '`groups` is not a mapping.', 'for example `groups: {content: off}`'));
    return [];
  }
  return [...value.entries].flatMap(([name, entry]): [Check, CheckSetting][] => {
    if (!(groups as readonly string[]).includes(name)) {
      const hint =
        name === 'structure'
          ? 'checks of structure decide whether a row can be used; name them one by one'
          : `there are ${groups.join(' and ')}`;
      findings.push(fault(entry.key, `\`${name}\` cannot be set as a group.`, hint));
      return [];
    }
    const members = checks.filter((check) => check.group === name && !check.fatal);
    const setting = toPlain(entry.value) as CheckSetting;
    const [first] = members;
    const faults = first ? faultsOf(first, setting, entry.value.at) : [];
    findings.push(...faults);
    return faults.length > 0 ? [] : members.map((check) => [check, setting]);
  });
}

function readNumber(
  { value }: LocatedEntry,
  key: string,
  least: number,
  most: number,
  findings: Finding[],
): number | null {
  if (isNull(value)) return null;
  const found = value.kind === 'scalar' ? value.value : null;
  if (typeof found === 'number' && found >= least && found <= most) return found;
  findings.push(fault(value.at, `\`${key}\` must be a number from ${least} to ${most}.`));
  return null;
}

/** Faults of one setting, reported by the dataset folder, at their places in the YAML. */
function faultsOf(check: Check, setting: CheckSetting, at: Place): Finding[] {
  try {
    resolveSettings({ [check.code]: setting });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [fault(at, error.message, error.hint)];
  }
}

function fault(at: Place, message: string, hint?: string): Finding {
  return { code: 'D094', name: 'no-such-check', severity: 'error', message, ...(hint && { hint }), at };
}

function over(lower: CheckSetting | undefined, upper: CheckSetting): CheckSetting {
  const asMap = (setting: CheckSetting | undefined) =>
    typeof setting === 'string' ? { severity: setting } : setting;
  return { ...asMap(lower), ...asMap(upper) };
}

function invalid(findings: Finding[], layers: readonly WrittenChecks[]): UserError {
  const files = [...new Set(findings.map(({ at }) => at?.file ?? ''))];
  const count =
    findings.length === 1 ? '1 check setting is wrong' : `${findings.length} check settings are wrong`;
  const name = files.length === 1 ? files[0] : `${layers.length} files`;
  return new UserError('D094', `${count} in ${name}`, { findings: distinctFindings(findings), exitCode: 2 });
}
