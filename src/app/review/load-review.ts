// Loads a review: the current dataset, its log, and how the two match.
import type { LogEntry } from '../../dataset/review/entries.ts';
import { foldLog, type ReviewState } from '../../dataset/review/fold-log.ts';
import { type Judgement, judgeReview, type ReviewRule } from '../../dataset/review/judge-review.ts';
import { type FingerprintList, firstOfOrder } from '../../dataset/review/permutation.ts';
import { findReviewedVersion, type ReviewedVersion } from '../../dataset/review/same-version.ts';
import { otherFiles, type Population, type ReviewedFiles } from './population.ts';

export interface LoadedReview {
  state: ReviewState;
  /** The version that current verdicts belong to; null if the current dataset was never drawn from. */
  version: ReviewedVersion | null;
  /** Its order up to the last row drawn. */
  drawn: string[];
  /** Other versions of the same files that were drawn from, with the share of their unread rows that has been removed. */
  earlier: { dataset: string; gone: number }[];
}

/** Matches a log's entries with the current rows. */
export function loadReview(
  reviewed: Pick<ReviewedFiles, 'files'>,
  population: Population,
  entries: readonly LogEntry[],
): LoadedReview {
  const state = foldLog(entries);
  const others = JSON.stringify(otherFiles(reviewed));
  const draws = state.draws.filter(({ files }) => JSON.stringify(files ?? []) === others);
  const { index, fingerprint } = population;
  const version = findReviewedVersion(state, draws, {
    bytes: index.bytes,
    rows: index.rows,
    fingerprint,
    has: index.has,
  });
  const earlier = draws.filter(({ dataset }) => dataset !== version?.draw.dataset);
  const here =
    earlier.length > 0
      ? beginnings(
          population,
          earlier.flatMap(({ control }) => control),
        )
      : null;
  return {
    state,
    version,
    drawn: version ? drawnRows(state, version) : [],
    earlier: earlier.map(({ dataset, control }) => ({
      dataset,
      gone: control.length === 0 ? 0 : control.filter((each) => !here?.has(each)).length / control.length,
    })),
  };
}

/** Judges a loaded review for the rows in `trained`, by default all current rows. `present`: which rows still exist. */
export function judgeLoaded(
  { state, version, drawn, earlier }: LoadedReview,
  { index }: Population,
  rule: ReviewRule,
  trained?: { has(row: string): boolean; rows: number; present(row: string): boolean },
): Judgement {
  return judgeReview(
    state,
    {
      drawn,
      rows: version?.list.rows ?? index.rows,
      present: trained?.present ?? index.has,
      trained: trained?.has ?? index.has,
      trainedRows: trained?.rows ?? index.rows,
      earlier,
    },
    rule,
  );
}

/** The order of the version up to the last row that was read. Positions come from the order, not from the log. */
function drawnRows(state: ReviewState, { draw, list }: ReviewedVersion): string[] {
  const positions = [...state.rows.values()].flatMap(({ verdicts }) =>
    [...verdicts.values()].flatMap(({ dataset, position }) =>
      dataset === draw.dataset && position !== null ? [position] : [],
    ),
  );
  // Rows that were judged earlier may follow the last one shown.
  const most = Math.max(-1, ...positions) + 1 + state.rows.size;
  return drawnOf(state, draw.dataset, orderOf(draw.dataset, list, Math.min(list.rows, most)));
}

/** The first `count` rows of a version's order, as fingerprints. */
export function orderOf(dataset: string, list: FingerprintList, count: number): string[] {
  return firstOfOrder(dataset, list, count).map((i) => list.bytes.toString('hex', i * 32, i * 32 + 32));
}

/**
 * The beginning of an order up to the last row that was shown to somebody, plus the following rows that were judged
 * earlier, because they are not shown again.
 */
export function drawnOf(state: ReviewState, dataset: string, order: readonly string[]): string[] {
  const last = order.findLastIndex((row) =>
    [...(state.rows.get(row)?.verdicts.values() ?? [])].some(
      (each) => each.dataset === dataset && each.position !== null,
    ),
  );
  let end = last + 1;
  while (end < order.length && wasDrawn(state, order[end] as string)) end += 1;
  return order.slice(0, end);
}

// Judged in a draw, and not because a check found it.
function wasDrawn({ rows }: ReviewState, row: string): boolean {
  const { decision = 'open', verdicts = new Map() } = rows.get(row) ?? {};
  return decision !== 'open' && [...verdicts.values()].some(({ position }) => position !== null);
}

// Which of the wanted prefixes (12 hex digits) belong to current rows.
function beginnings({ index }: Population, wanted: readonly string[]): Set<string> {
  const set = new Set(wanted);
  const here = new Set<string>();
  for (let i = 0; i < index.rows; i += 1) {
    const beginning = index.bytes.toString('hex', i * 32, i * 32 + 6);
    if (set.has(beginning)) here.add(beginning);
  }
  return here;
}
