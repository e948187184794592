// Whether reviewers agree more than by chance: Cohen's kappa for each pair of them.
import type { ReviewState } from './fold-log.ts';

export interface PairAgreement {
  reviewers: [string, string];
  /** Rows that both judged. */
  rows: number;
  /** Share of them on which both say clean or both say defect. */
  agreement: number;
  /** Cohen (1960): (p_o − p_e) / (1 − p_e); null if both always gave the same single verdict. */
  kappa: number | null;
}

/** Every two reviewers that have a row in common, on clean (accept) against defect (reject or edit). */
export function pairAgreements({ rows, reviewers }: ReviewState): PairAgreement[] {
  const pairs: PairAgreement[] = [];
  for (const [i, a] of reviewers.entries())
    for (const b of reviewers.slice(i + 1)) {
      const counts = { both: 0, onlyA: 0, onlyB: 0, none: 0 };
      for (const { verdicts } of rows.values()) {
        const [va, vb] = [verdicts.get(a)?.verdict, verdicts.get(b)?.verdict];
        if (!va || !vb || va === 'skip' || vb === 'skip') continue;
        const [cleanA, cleanB] = [va === 'accept', vb === 'accept'];
        counts[cleanA ? (cleanB ? 'both' : 'onlyA') : cleanB ? 'onlyB' : 'none'] += 1;
      }
      const total = counts.both + counts.onlyA + counts.onlyB + counts.none;
      if (total === 0) continue;
      const observed = (counts.both + counts.none) / total;
      pairs.push({ reviewers: [a, b], rows: total, agreement: observed, kappa: cohensKappa(counts) });
    }
  return pairs;
}

/** Cohen's kappa of a 2 × 2 table; null if chance alone explains everything. */
export function cohensKappa(counts: {
  both: number;
  onlyA: number;
  onlyB: number;
  none: number;
}): number | null {
  const { both, onlyA, onlyB, none } = counts;
  const total = both + onlyA + onlyB + none;
  const observed = (both + none) / total;
  const [a, b] = [(both + onlyA) / total, (both + onlyB) / total];
  const expected = a * b + (1 - a) * (1 - b);
  return expected >= 1 ? null : (observed - expected) / (1 - expected);
}

/** The mean of the pairs' kappas, each weighed by its rows; null if no pair has one. */
export function meanKappa(pairs: readonly PairAgreement[]): number | null {
  const known = pairs.filter((pair): pair is PairAgreement & { kappa: number } => pair.kappa !== null);
  const rows = known.reduce((sum, pair) => sum + pair.rows, 0);
  return rows === 0 ? null : known.reduce((sum, pair) => sum + pair.kappa * pair.rows, 0) / rows;
}
