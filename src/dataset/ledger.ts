// The ledger: every input row ends in exactly one place, and its sums show that.

export interface LedgerEntry {
  /** From 0 over all files in order. */
  row: number;
  file: string;
  line: number;
  /** SHA-256 of the canonical row; null if the row never became an example. */
  fingerprint: string | null;
  fate: 'train' | 'validation' | 'dropped';
  /** Why a row was dropped. */
  code?: string;
  /** The earlier row that a dropped one repeats. */
  of?: number;
  /** How many times an epoch feeds the row, by the weight of its source; 1 if absent. */
  times?: number;
}

/** One line of a data command's ledger; without a split, rows are kept or fixed. */
export interface LedgerLine extends Omit<LedgerEntry, 'fate'> {
  fate: LedgerEntry['fate'] | 'kept' | 'fixed';
  /** Fingerprint of a fixed row after the fix. */
  to?: string;
  /** The reviewer's reason for a rejected row. */
  reason?: string;
}

export interface LedgerTotals {
  rows_in: number;
  kept: number;
  /** Kept rows that were changed by a fix. */
  fixed: number;
  dropped: Record<string, number>;
}

export interface Ledger {
  /** Counts one input row. */
  rowIn(): void;
  record(fate: LedgerEntry['fate'], code?: string): void;
  /** Throws if rows and fates differ, which would be a bug in lorch. */
  totals(): LedgerTotals & { train: number; validation: number };
}

/** An empty ledger. */
export function createLedger(): Ledger {
  let rowsIn = 0;
  const kept = { train: 0, validation: 0 };
  const dropped = new Map<string, number>();
  return {
    rowIn() {
      rowsIn += 1;
    },
    record(fate, code) {
      if (fate !== 'dropped') kept[fate] += 1;
      else if (code !== undefined) dropped.set(code, (dropped.get(code) ?? 0) + 1);
    },
    totals() {
      const lost = [...dropped.values()].reduce((sum, n) => sum + n, 0);
      const sum = kept.train + kept.validation + lost;
      if (sum !== rowsIn) throw new Error(`the ledger has ${sum} fates for ${rowsIn} rows`);
      return {
        rows_in: rowsIn,
        kept: kept.train + kept.validation,
        fixed: 0,
        dropped: Object.fromEntries([...dropped].sort(([a], [b]) => (a < b ? -1 : 1))),
        ...kept,
      };
    },
  };
}
