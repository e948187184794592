import type { Finding } from './finding.ts';

/** 1 findings or a failed run, 2 usage or config, 3 environment (see cli/exit-codes.ts for the whole list). */
export type UserErrorExitCode = 1 | 2 | 3;

export interface UserErrorOptions {
  hint?: string;
  exitCode?: UserErrorExitCode;
  cause?: unknown;
  /** If several faults were found at once, all of them. */
  findings?: Finding[];
}

/** An expected failure: shown as a message and a hint, without a stack. Anything else thrown is a bug of ours. */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: UserErrorExitCode;
  readonly findings: Finding[];

  constructor(code: string, message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 2;
    this.findings = options.findings ?? [];
  }
}
