// What a user may change about checks: off, another severity, other thresholds.
import { editDistance } from '../../diagnostics/edit-distance.ts';
import type { Severity } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Check, Thresholds } from '../checks/check.ts';
import { checks } from '../checks/index.ts';

/** `off`, a severity, or a severity and thresholds by name, e.g. `{ severity: 'note', words: 3 }`. */
export type CheckSetting = 'off' | Severity | ({ severity?: 'off' | Severity } & Record<string, unknown>);

/** By code or name, e.g. `{ D024: 'off', 'repeated-role': 'error' }`. */
export type CheckSettings = Readonly<Record<string, CheckSetting>>;

/** Settings that leave only the checks of structure on: whether a row can be used, and nothing more. */
export function structureOnly(): CheckSettings {
  const others = checks.filter(({ group, fatal }) => (group ?? 'structure') !== 'structure' && !fatal);
  return Object.fromEntries(others.map(({ code }) => [code, 'off' as const]));
}

export interface ResolvedChecks {
  /** Null if the check is off. */
  severityOf(check: Check): Severity | null;
  thresholdsOf(check: Check): Thresholds;
}

/** What is in force for each check. Throws UserError D094 for names, severities and thresholds that do not exist. */
export function resolveSettings(settings: CheckSettings = {}): ResolvedChecks {
  const severities = new Map<string, 'off' | Severity>();
  const thresholds = new Map<string, Record<string, number>>();
  for (const [key, setting] of Object.entries(settings)) {
    const check = findCheck(key);
    const { severity, ...numbers } = typeof setting === 'string' ? { severity: setting } : setting;
    if (severity !== undefined) {
      refuseSeverity(check, severity);
      severities.set(check.code, severity);
    }
    for (const [name, value] of Object.entries(numbers)) refuseThreshold(check, name, value);
    thresholds.set(check.code, numbers as Record<string, number>);
  }
  return {
    severityOf(check) {
      const value = severities.get(check.code);
      return value === 'off' ? null : (value ?? check.severity);
    },
    thresholdsOf: (check) => ({ ...defaultsOf(check), ...thresholds.get(check.code) }),
  };
}

function findCheck(key: string): Check {
  const check = checks.find((each) => each.code === key || each.name === key);
  if (check) return check;
  const near = checks
    .map(({ name }) => ({ name, distance: editDistance(name, key.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, key.length / 3))
    .sort((a, b) => a.distance - b.distance)[0];
  throw new UserError('D094', `There is no check ${JSON.stringify(key)}.`, {
    hint: near ? `did you mean ${near.name}?` : '`lorch explain` lists the checks',
  });
}

function refuseSeverity(check: Check, severity: unknown): void {
  if (!['off', 'note', 'warning', 'error'].includes(severity as string))
    throw new UserError('D094', `${check.code} ${check.name} cannot be set to ${JSON.stringify(severity)}.`, {
      hint: 'off, note, warning or error',
    });
  if (check.across && severity === 'error')
    throw new UserError('D094', `${check.code} ${check.name} cannot be an error.`, {
      hint: 'it looks at all rows together, so no row can leave because of it; warning is the most',
    });
  if (check.fatal && severity !== check.severity)
    throw new UserError('D094', `${check.code} ${check.name} cannot be changed to ${severity}.`, {
      hint: 'rows with it cannot be used; let them leave with on_error: drop',
    });
}

function refuseThreshold(check: Check, name: string, value: unknown): void {
  const known = Object.keys(check.thresholds ?? {});
  if (!known.includes(name))
    throw new UserError('D094', `${check.code} ${check.name} has no threshold ${JSON.stringify(name)}.`, {
      hint: known.length > 0 ? `it has ${known.join(', ')}` : 'it has none; set its severity only',
    });
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new UserError(
      'D094',
      `${check.code} ${check.name}: ${name} should be a number, not ${JSON.stringify(value)}.`,
    );
}

function defaultsOf(check: Check): Record<string, number> {
  return Object.fromEntries(
    Object.entries(check.thresholds ?? {}).map(([name, threshold]) => [name, threshold.default]),
  );
}
