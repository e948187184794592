// How a review stands: what its log says of the dataset as it is now.
import { meanKappa, type PairAgreement, pairAgreements } from '../../dataset/review/agreement.ts';
import { type CheckPrecision, checkPrecision } from '../../dataset/review/check-precision.ts';
import type { LogEntry } from '../../dataset/review/entries.ts';
import type { ReviewState, RowReview } from '../../dataset/review/fold-log.ts';
import type { Judgement, ReviewRule } from '../../dataset/review/judge-review.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { judgeLoaded, type LoadedReview, loadReview } from './load-review.ts';
import { openPopulation, type Population, type ReviewedFiles } from './population.ts';
import { readReviewLog, reviewLogPath } from './verdict-log.ts';

export interface ReviewerCounts {
  reviewer: string;
  accepted: number;
  rejected: number;
  edited: number;
  skipped: number;
}

export interface ReviewStatus {
  log: string;
  /** The rows of now. */
  fingerprint: string;
  rows: number;
  /** The version that was drawn from; null where the dataset of now was never drawn from. */
  version: string | null;
  judgement: Judgement;
  limit: number;
  reviewers: ReviewerCounts[];
  agreement: { pairs: PairAgreement[]; kappa: number | null };
  /** Disputed rows by fingerprint, with their place where they still stand. */
  disputes: { row: string; at: { file: string; line: number } | null }[];
  checks: CheckPrecision[];
}

export interface OpenedReview {
  population: Population;
  loaded: LoadedReview;
  entries: LogEntry[];
  logPath: string;
  sha256: string;
}

/** The dataset of now with its log. Throws UserError V008 where nobody has read a row yet. */
export async function openReview(reviewed: ReviewedFiles): Promise<OpenedReview> {
  const [first] = reviewed.files;
  if (!first) throw new Error('a review needs a file');
  const logPath = reviewLogPath(first.path);
  const log = await readReviewLog(logPath, reviewLogPath(first.label));
  if (!log)
    throw new UserError('V008', `${first.label} has no review yet`, {
      hint: `lorch data review ${reviewed.files.map(({ label }) => label).join(' ')}`,
      exitCode: 1,
    });
  const population = await openPopulation(reviewed);
  const loaded = loadReview(reviewed, population, log.entries);
  return { population, loaded, entries: log.entries, logPath, sha256: log.sha256 };
}

/** Everything that `--status` shows. Throws UserError V003, V004, V005, V008. */
export async function reviewStatus(reviewed: ReviewedFiles, rule: ReviewRule): Promise<ReviewStatus> {
  const { population, loaded, logPath } = await openReview(reviewed);
  const { state } = loaded;
  const pairs = pairAgreements(state);
  return {
    log: logPath,
    fingerprint: population.fingerprint,
    rows: population.index.rows,
    version: loaded.version?.draw.dataset ?? null,
    judgement: judgeLoaded(loaded, population, rule),
    limit: rule.maxDefectRate,
    reviewers: countReviewers(state),
    agreement: { pairs, kappa: meanKappa(pairs) },
    disputes: disputesOf(state).map(({ row }) => {
      const number = population.index.find(row);
      if (number < 0) return { row, at: null };
      const { file, line } = population.places.get(number).of;
      return { row, at: { file, line } };
    }),
    checks: checkPrecision(state),
  };
}

/** Rows on which reviewers differ and nobody has decided. */
export function disputesOf({ rows }: ReviewState): RowReview[] {
  return [...rows.values()].filter(({ decision }) => decision === 'disputed');
}

function countReviewers({ rows, reviewers }: ReviewState): ReviewerCounts[] {
  return reviewers.map((reviewer) => {
    const said = [...rows.values()].map(({ verdicts }) => verdicts.get(reviewer)?.verdict);
    const count = (verdict: string): number => said.filter((each) => each === verdict).length;
    return {
      reviewer,
      accepted: count('accept'),
      rejected: count('reject'),
      edited: count('edit'),
      skipped: count('skip'),
    };
  });
}
