// The state of a review: what its log says about the current dataset.

import { meanKappa, type PairAgreement, pairAgreements } from '../../dataset/review/agreement.ts';
import { type CheckPrecision, checkPrecision } from '../../dataset/review/check-precision.ts';
import type { LogEntry } from '../../dataset/review/entries.ts';
import type { ReviewState, RowReview } from '../../dataset/review/fold-log.ts';
import type { Judgement, ReviewRule } from '../../dataset/review/judge-review.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { type ReadLog, readReviewLog, reviewLogPath } from '../sources/verdict-log.ts';
import { findOrigins, lostSentence } from './find-origins.ts';
import { inheritedEntries } from './inherited-entries.ts';
import { type JudgedReview, judgeRows } from './judge-rows.ts';
import { judgeLoaded, type LoadedReview, loadReview } from './load-review.ts';
import { openPopulation, type Population, type ReviewedFiles } from './population.ts';

interface ReviewerCounts {
  reviewer: string;
  accepted: number;
  rejected: number;
  edited: number;
  skipped: number;
}

export interface ReviewStatus {
  log: string;
  /** Whether the dataset has its own log; otherwise only reviews of its parent files count. */
  own: boolean;
  /** The current rows. */
  fingerprint: string;
  rows: number;
  /** The version that was drawn from; null if the current dataset was never drawn from. */
  version: string | null;
  judgement: Judgement;
  limit: number;
  /** Reviews of its parent files that concern its rows. */
  inherited: JudgedReview[];
  /** Rows that no passed review covers, neither its own nor an inherited one. */
  uncovered: number;
  /** Whether the launch gate opens for all of its rows. */
  open: boolean;
  /** Parent files whose reviews could not be read, one sentence each. */
  lost: string[];
  /** Whether a new version would differ, because a current row is rejected or edited. */
  changes: boolean;
  reviewers: ReviewerCounts[];
  agreement: { pairs: PairAgreement[]; kappa: number | null };
  /** Disputed rows by fingerprint, with their place if they still exist. */
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

/** The current dataset with its log, and verdicts on its parent files. Throws UserError V008 if no row was read yet. */
export async function openReview(reviewed: ReviewedFiles): Promise<OpenedReview> {
  const { logPath, log } = await readOwnLog(reviewed);
  if (!log) throw noReview(reviewed);
  const inherited = await inheritedEntries(reviewed);
  const entries = [...inherited, ...log.entries];
  const population = await openPopulation(reviewed);
  const loaded = loadReview(reviewed, population, entries);
  return { population, loaded, entries, logPath, sha256: log.sha256 };
}

async function readOwnLog({ files }: ReviewedFiles): Promise<{ logPath: string; log: ReadLog | null }> {
  const [first] = files;
  if (!first) throw new Error('a review needs a file');
  const logPath = reviewLogPath(first.path);
  return { logPath, log: await readReviewLog(logPath, reviewLogPath(first.label)) };
}

function noReview({ files }: ReviewedFiles, lost: readonly string[] = []): UserError {
  return new UserError('V008', `${files[0]?.label} has no review yet`, {
    hint: [...lost, `lorch data review ${files.map(({ label }) => quotePath(label)).join(' ')}`].join(
      '\n        ',
    ),
    exitCode: 1,
  });
}

/** Everything that `--status` shows. Throws UserError V003, V004, V005, V008, D197. */
export async function reviewStatus(
  reviewed: ReviewedFiles,
  rule: ReviewRule,
  cwd: string,
): Promise<ReviewStatus> {
  const { logPath, log } = await readOwnLog(reviewed);
  const origins = await findOrigins(reviewed.files);
  const lost = origins.lost.map(lostSentence);
  const before = await inheritedEntries(reviewed, origins.files);
  if (!log && before.length === 0) throw noReview(reviewed, lost);
  const population = await openPopulation(reviewed);
  const loaded = loadReview(reviewed, population, [...before, ...(log?.entries ?? [])]);
  const { state } = loaded;
  const judgement = judgeLoaded(loaded, population, rule);
  const all =
    before.length === 0
      ? { reviews: [], uncovered: judgement.passed ? 0 : population.index.rows, open: judgement.passed }
      : await judgeRows({
          files: reviewed.files,
          rows: population.index,
          rule,
          cwd,
          checks: reviewed.checks ?? null,
        });
  const pairs = pairAgreements(state);
  return {
    log: logPath,
    own: log !== null,
    fingerprint: population.fingerprint,
    rows: population.index.rows,
    version: loaded.version?.draw.dataset ?? null,
    judgement,
    limit: rule.maxDefectRate,
    inherited: all.reviews.filter(({ inherited }) => inherited),
    uncovered: all.uncovered,
    open: all.open,
    lost,
    changes: wouldChange(state, population),
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

/** Whether a verdict rejects or edits a row that is still in the dataset; `--finish` has already removed the others. */
export function wouldChange({ rows }: ReviewState, { index }: Population): boolean {
  return [...rows.values()].some(
    ({ row, decision }) => (decision === 'reject' || decision === 'edit') && index.has(row),
  );
}

/** Rows on which reviewers disagree and that are not settled. */
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
