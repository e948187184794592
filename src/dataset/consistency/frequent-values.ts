// Counts of values of which there may be as many as rows, in bounded memory: the frequent ones are never lost.

export interface FrequentValue {
  value: string;
  /** Exact, or short by at most `missed`. */
  count: number;
  /** The first rows, in order; at most five. */
  rows: number[];
  /** What came with the value when it was first kept. */
  note: string;
}

export interface FrequentValues {
  add(row: number, value: string, note?: string): void;
  /** Values that were added, in all. */
  total(): number;
  /** How many of any one value may be uncounted, because there were more distinct values than the limit. */
  missed(): number;
  /** Values with at least that count, the most frequent first. */
  atLeast(count: number): FrequentValue[];
}

/** Rows that a finding may name. */
export const keptRows = 5;

/**
 * Lossy counting (Manku and Motwani, 2002): when there are more than `limit` distinct values, the rarest are
 * forgotten, and how much any count may have lost by that is known.
 */
export function createFrequentValues(limit = 100_000): FrequentValues {
  const known = new Map<string, { count: number; first: number; others: number[] | null; note: string }>();
  let total = 0;
  let missed = 0;

  const prune = (): void => {
    for (let level = 1; known.size * 2 > limit; level += 1) {
      for (const [value, { count }] of known) if (count <= level) known.delete(value);
      if (known.size * 2 <= limit) missed += level;
    }
  };

  return {
    add(row, value, note = '') {
      total += 1;
      const found = known.get(value);
      if (!found) {
        known.set(value, { count: 1, first: row, others: null, note });
        if (known.size > limit) prune();
        return;
      }
      found.count += 1;
      if (found.others === null) found.others = [row];
      else if (found.others.length < keptRows - 1) found.others.push(row);
    },
    total: () => total,
    missed: () => missed,
    atLeast: (least) =>
      [...known]
        .filter(([, { count }]) => count >= least)
        .map(([value, { count, first, others, note }]) => ({
          value,
          count,
          rows: [first, ...(others ?? [])],
          note,
        }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
  };
}
