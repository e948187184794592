import type { Finding } from '../diagnostics/finding.ts';

/** Process exit codes, fixed because scripts use them. */
export const EXIT = {
  good: 0,
  /** Findings of severity error remain, or the run failed. */
  findings: 1,
  /** Wrong usage or a config error. */
  usage: 2,
  /** Something this machine lacks. */
  environment: 3,
  /** A bug of ours. */
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a plan with errors; null without any. A package that is missing is the environment's fault. */
export function refusalExit(findings: readonly Pick<Finding, 'code' | 'severity'>[]): 1 | 3 | null {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return null;
  return errors.every(({ code }) => code === 'P013') ? EXIT.environment : EXIT.findings;
}
