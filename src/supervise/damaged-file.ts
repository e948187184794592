// A file of a run folder that cannot be read: a finding of its run, and of no other.
import type { Finding } from '../diagnostics/finding.ts';

/** `file` is relative to the run folder; `reason` ends the sentence. */
export function damagedFile(file: string, reason: string): Finding {
  return {
    code: 'R052',
    name: 'run-file-damaged',
    severity: 'warning',
    message: `${file} is damaged: ${reason}`,
    at: { file },
  };
}
