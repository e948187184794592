import { join } from 'node:path';

/** Says who makes a run, until it is on record. */
export function creatingMark(runDir: string): string {
  return join(runDir, '.creating');
}
