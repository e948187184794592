/** Process exit codes, fixed because scripts use them. */
export const EXIT = {
  good: 0,
  /** Findings of severity error remain, or the run failed. */
  findings: 1,
  /** Wrong usage or a config error. */
  usage: 2,
  /** Something is missing on this machine. */
  environment: 3,
  /** A bug in lorch. */
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
