// The error to throw if plans must not be launched.
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Plan } from '../../run/plan.ts';
import { gateRefusal } from './plan-review.ts';

/** P001 if a plan has errors; otherwise V020–V022 if the review gate is closed; otherwise U112 for a detached sweep. */
export function refusalOf(
  plans: readonly Pick<Plan, 'findings'>[],
  { detach }: { detach: boolean },
): UserError | null {
  const findings = plans.flatMap((plan) => plan.findings);
  return errorRefusal(findings) ?? gateRefusal(findings) ?? (detach ? sweepRefusal(plans.length) : null);
}

/** The exit code of a plan with errors; null without errors. A missing package counts as a fault of the environment. */
export function refusalExit(findings: readonly Pick<Finding, 'code' | 'severity'>[]): 1 | 3 | null {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return null;
  return errors.every(({ code }) => code === 'P013') ? 3 : 1;
}

function errorRefusal(findings: readonly Finding[]): UserError | null {
  const exitCode = refusalExit(findings);
  if (exitCode === null) return null;
  const errors = findings.filter(({ severity }) => severity === 'error');
  return new UserError(
    'P001',
    `not launched: ${errors.length} error${errors.length === 1 ? '' : 's'} above`,
    {
      exitCode,
      hint: errors[0]?.hint ?? 'fix what is named above',
    },
  );
}

function sweepRefusal(plans: number): UserError | null {
  if (plans < 2) return null;
  return new UserError('U112', 'a sweep runs its plans one after another and needs its controller', {
    hint: 'use --queue instead: its runs then start one after another without this terminal',
  });
}
