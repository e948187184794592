// A host that does not answer now. Nobody knows what happens there meanwhile, so nothing is decided by it.
import { UserError } from '../diagnostics/user-error.ts';

/** The error of a call that did not get through. `reason` completes a sentence. */
export function unreachable(host: string, reason: string, hint?: string): UserError {
  return new UserError('R165', `${host} cannot be reached: ${reason}`, {
    hint: hint ?? 'a run there goes on; try again later',
    exitCode: 3,
  });
}

/** Whether a call failed only because the host cannot be reached now. */
export function isUnreachable(error: unknown): error is UserError {
  return error instanceof UserError && error.code === 'R165';
}
