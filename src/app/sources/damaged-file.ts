// Refuses a file with a missing part, because results for the rest would not be true for the dataset.
import type { FoundRow } from '../../dataset/scan/scan-types.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';

/** Throws UserError with the finding's own code if it is an error about a file, and not about a row. */
export function refuseDamaged({ code, severity, message, hint, at }: Finding, row: FoundRow | null): void {
  if (row !== null || severity !== 'error') return;
  throw new UserError(code, `${at?.file}: ${message}`, { exitCode: 1, ...(hint && { hint }) });
}
