// What a reviewer does next, by what the review says. How that is typed or clicked is the caller's matter.
import type { Judgement } from '../../dataset/review/judge-review.ts';
import type { JudgedReview } from './judge-rows.ts';
import type { ReviewStatus } from './review-status.ts';

export type ReviewStep =
  /** Decide the rows that reviewers differ on. */
  | { step: 'settle' }
  /** Write the new version, without the bad rows. */
  | { step: 'finish' }
  | { step: 'train' }
  /** Read on, up to so many rows in all; null: as many as the rule asks for. */
  | { step: 'read'; rows: number | null };

/** `changed`: a verdict rejects or edits a row, so that a new version would differ. */
export function nextStep(judgement: Judgement, changed: boolean): ReviewStep {
  const { disputed, passed, moreClean, read, open } = judgement;
  if (disputed > 0) return { step: 'settle' };
  // If no number of further clean rows helps, only a new version without the bad rows does.
  if (changed && (passed || moreClean === null)) return { step: 'finish' };
  if (passed) return { step: 'train' };
  return { step: 'read', rows: moreClean === null ? null : read + open + moreClean };
}

/** After rows were read for their findings: they do not count, so no number of more of them is asked for. */
export function stepAfterFindings(judgement: Judgement, changed: boolean): ReviewStep {
  return judgement.passed || judgement.disputed > 0
    ? nextStep(judgement, changed)
    : { step: 'read', rows: null };
}

/** The step by a review's status, and the files behind the dataset if the review is to go on there. */
export function stepByStatus(status: ReviewStatus): {
  next: ReviewStep;
  behind: JudgedReview['files'] | null;
} {
  const { open, own, judgement, inherited, rows, changes } = status;
  // What reviews of the files behind it say may be enough.
  if (open && !judgement.passed) return { next: { step: 'train' }, behind: null };
  const [older] = inherited;
  // A review of the file behind it that holds for every row goes on there.
  if (!own && inherited.length === 1 && older?.rows === rows)
    return { next: nextStep(older.judgement, changes), behind: older.files };
  return { next: nextStep(judgement, changes && own), behind: null };
}

/** How many rows to draw when asked for more: what is missing to the limit if all are clean; ten if that is nothing or unknown. */
export function rowsToDraw({ moreClean }: Judgement): number {
  return moreClean || 10;
}
