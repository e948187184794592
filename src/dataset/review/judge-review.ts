// The gate's arithmetic: the judgement of the rows to train on, from the verdicts. docs/review.md explains the rule.
import { cleanRowsToLimit, upperBound } from './clopper-pearson.ts';
import { editOf, isDefect, type ReviewState } from './fold-log.ts';

export interface ReviewRule {
  /** The minimum number of rows to read; all if the dataset has fewer. */
  minRows: number;
  /** The limit for the bound, 0 to 1. */
  maxDefectRate: number;
}

/** The current dataset and its review. */
export interface ReviewedSet {
  /** The order of the reviewed version up to the last drawn row; empty without a draw. */
  drawn: readonly string[];
  /** Rows of the reviewed version. */
  rows: number;
  /** Whether a row is in the files now. */
  present(row: string): boolean;
  /** Whether a row will be trained on (or validated). */
  trained(row: string): boolean;
  /** Number of those rows, equal ones once. */
  trainedRows: number;
  /** Other versions that were drawn from before; `gone`: the share of their unread rows that was removed since. */
  earlier: readonly { dataset: string; gone: number }[];
}

interface Sample {
  rows: number;
  defects: number;
  bound: number;
}

export interface Judgement {
  /** `exact`: every row to be trained on was read. `sample`: a bound from a uniform sample. */
  mode: 'exact' | 'sample';
  /** Rows read (decided) in the order of the dataset. */
  read: number;
  /** Skipped rows in that order; they count as defects until somebody decides. */
  open: number;
  disputed: number;
  /** The rows that count: drawn rows that are trained on, and defects that were removed since. */
  sample: Sample;
  /** The same including the draws of earlier versions; null if there were none. */
  pooled: Sample | null;
  /** The worst of the bounds; the exact rate in mode `exact`. */
  bound: number;
  passed: boolean;
  /** Number of clean rows that would open the gate, 0 if it is open; null if every row must be read. */
  moreClean: number | null;
}

/** Judges a review against a rule. Pure. */
export function judgeReview(state: ReviewState, set: ReviewedSet, rule: ReviewRule): Judgement {
  const own = ownSample(state, set);
  const pooled = pool(state, set, own);
  const disputed = set.drawn.filter((row) => state.rows.get(row)?.decision === 'disputed').length;
  const common = { read: own.read, open: own.open, disputed };
  const sample = withBound(own.rows, own.defects);
  const all = pooled && withBound(pooled.rows, pooled.defects);
  const exact = exactRate(state, set);
  if (exact !== null) {
    const passed = exact <= rule.maxDefectRate;
    return {
      mode: 'exact',
      ...common,
      sample,
      pooled: all,
      bound: exact,
      passed,
      moreClean: passed ? 0 : null,
    };
  }
  const bound = Math.max(sample.bound, all?.bound ?? 0);
  const small = set.rows <= rule.minRows;
  const passed = !small && own.read >= rule.minRows && bound <= rule.maxDefectRate;
  const needed = Math.max(
    rule.minRows - own.read,
    // A skipped row that turns out clean removes a defect; this counts it as another clean row.
    cleanRowsToLimit(own.defects, own.rows, rule.maxDefectRate),
    pooled ? cleanRowsToLimit(pooled.defects, pooled.rows, rule.maxDefectRate) : 0,
  );
  const unread = set.rows - own.read - own.open;
  const moreClean = passed ? 0 : small ? unread : needed < unread ? needed : null;
  return { mode: 'sample', ...common, sample, pooled: all, bound, passed, moreClean };
}

function withBound(rows: number, defects: number): Sample {
  return { rows, defects, bound: upperBound(defects, rows) };
}

interface Counts {
  rows: number;
  defects: number;
}

/**
 * The drawn rows that count for the rows to train on. A row that the plan drops by a rule does not count. A defect
 * that is no longer in the files was removed because it was found, and similar unread rows are still there, so it counts.
 */
function ownSample(
  state: ReviewState,
  { drawn, present, trained }: ReviewedSet,
): Counts & { read: number; open: number } {
  const counts = { rows: 0, defects: 0, read: 0, open: 0 };
  for (const row of drawn) {
    const decision = state.rows.get(row)?.decision ?? 'open';
    counts[decision === 'open' ? 'open' : 'read'] += 1;
    const bad = decision === 'open' || isDefect(decision);
    if (!trained(row) && (present(row) || !bad)) continue;
    counts.rows += 1;
    if (bad) counts.defects += 1;
  }
  return counts;
}

/** Adds earlier draws, which still count; null if there are none. */
function pool(state: ReviewState, set: ReviewedSet, own: Counts): Counts | null {
  if (set.earlier.length === 0) return null;
  const counts = { rows: own.rows, defects: own.defects };
  const counted = new Set(set.drawn);
  for (const { dataset, gone } of set.earlier) {
    const before = [...state.rows.values()].filter(
      ({ row, verdicts }) =>
        !counted.has(row) &&
        [...verdicts.values()].some((each) => each.dataset === dataset && each.position !== null),
    );
    let left = 0;
    for (const { row, decision } of before) {
      counted.add(row);
      if (decision === 'open') continue;
      if (isDefect(decision) && !set.present(row)) left += 1;
      else if (set.trained(row)) {
        counts.rows += 1;
        if (isDefect(decision)) counts.defects += 1;
      }
    }
    // The share that was removed among the unread rows may be due to a rule; the others were removed because they were found.
    const counting = Math.max(0, left - Math.floor(gone * before.length));
    counts.rows += counting;
    counts.defects += counting;
  }
  return counts;
}

/** The share of defects if every row to be trained on was read or is a reviewer's own edit; null otherwise. */
function exactRate(state: ReviewState, { trained, trainedRows }: ReviewedSet): number | null {
  if (trainedRows === 0) return null;
  const known = new Set<string>();
  let defects = 0;
  for (const review of state.rows.values()) {
    const edited = editOf(review)?.fingerprint;
    if (edited !== undefined && trained(edited) && !state.rows.has(edited)) known.add(edited);
    if (review.decision === 'open' || !trained(review.row)) continue;
    known.add(review.row);
    if (isDefect(review.decision)) defects += 1;
  }
  return known.size >= trainedRows ? defects / trainedRows : null;
}
