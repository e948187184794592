// An attempt that may begin in the moment in which another one ends.
import type { NewAttempt } from '../store/attempts.ts';

export interface PreparedAttempt {
  row: NewAttempt;
  /** It is on record: starts it. */
  start(): Promise<void>;
  /** It is not, because another process was faster. */
  discard(): Promise<void>;
}
