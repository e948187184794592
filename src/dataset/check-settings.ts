// What a user may change about checks: off, or another severity.
import type { Severity } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { Check } from './checks/check.ts';
import { checks } from './checks/index.ts';

/** By code or name, e.g. `{ D024: 'off', 'repeated-role': 'error' }`. */
export type CheckSettings = Readonly<Record<string, 'off' | Severity>>;

/** The severity each check has under `settings`; null where it is off. */
export function resolveSettings(settings: CheckSettings = {}): (check: Check) => Severity | null {
  const changed = new Map<string, 'off' | Severity>();
  for (const [key, value] of Object.entries(settings)) {
    const check = checks.find((each) => each.code === key || each.name === key);
    if (!check) throw new UserError('D094', `There is no check ${JSON.stringify(key)}.`);
    if (check.fatal && value !== check.severity)
      throw new UserError('D094', `${check.code} ${check.name} cannot be changed to ${value}.`, {
        hint: 'rows with it cannot be used; let them leave with on_error: drop',
      });
    changed.set(check.code, value);
  }
  return (check) => {
    const value = changed.get(check.code);
    return value === 'off' ? null : (value ?? check.severity);
  };
}
