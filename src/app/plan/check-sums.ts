// The ledger against the prepared sequences.
import type { PlannedSplit } from '../../run/plan.ts';
import type { FinishedLedger } from './finish-ledger.ts';

/** Every row is in exactly one place, and the sequence files agree. A difference is a bug in lorch. */
export function checkSums(
  ledger: FinishedLedger,
  train: PlannedSplit | null,
  validation: PlannedSplit | null,
): void {
  const dropped = Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0);
  const [trained, validated] = [train?.distinct_rows ?? train?.rows ?? 0, validation?.rows ?? 0];
  if (
    trained !== ledger.train.rows ||
    (train?.rows ?? 0) !== ledger.train.fed ||
    validated !== ledger.validation.rows ||
    trained + validated + dropped !== ledger.rowsIn
  )
    throw new Error(
      `the ledger does not add up: ${ledger.rowsIn} rows in, ${trained} + ${validated} prepared, ${dropped} dropped, ${train?.rows ?? 0} of ${ledger.train.fed} fed`,
    );
}
