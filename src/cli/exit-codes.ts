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
