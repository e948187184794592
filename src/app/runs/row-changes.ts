// How many training rows differ between runs. Ledgers are read only if the plans do not already show that the rows are equal.
import { createFingerprintIndex, type FingerprintIndex } from '../../dataset/review/fingerprint-index.ts';
import type { RowChange } from '../../run/compare.ts';
import { ledgerFates } from '../sources/read-ledger.ts';

export interface TrainedRun {
  /** Fingerprint of its training rows, from the plan. */
  fingerprint: string;
  /** Path of its `ledger.jsonl.gz`. */
  ledger: string;
}

/** How many rows each run has more and less than the first. Throws UserError R150 if a ledger that is needed cannot be read. */
export async function rowChanges(runs: readonly TrainedRun[]): Promise<RowChange[]> {
  const [first] = runs;
  const none = { added: 0, removed: 0 };
  const known = new Map<string | undefined, RowChange>([[first?.fingerprint, none]]);
  let rows: FingerprintIndex | undefined;
  for (const { fingerprint, ledger } of runs) {
    if (!first || known.has(fingerprint)) continue;
    rows ??= await trainRows(first.ledger);
    known.set(fingerprint, changeBetween(rows, await trainRows(ledger)));
  }
  return runs.map(({ fingerprint }) => known.get(fingerprint) ?? none);
}

function changeBetween(first: FingerprintIndex, other: FingerprintIndex): RowChange {
  let added = 0;
  for (let row = 0; row < other.rows; row += 1) if (!first.has(other.at(row))) added += 1;
  return { added, removed: first.rows - (other.rows - added) };
}

/** Equal rows once. */
async function trainRows(ledger: string): Promise<FingerprintIndex> {
  const rows = createFingerprintIndex();
  for await (const { fate, fingerprint } of ledgerFates(ledger))
    if (fate === 'train' && fingerprint !== null) rows.add(fingerprint);
  return rows;
}
