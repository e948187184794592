// What to type next in a review, after its keys and after --status.
import type { Judgement } from '../dataset/review/judge-review.ts';

/** A command line; `changed` says whether a verdict rejects or edits a row, so that a new version would differ. */
export function nextReviewCommand(dataset: string, judgement: Judgement, changed: boolean): string {
  const { disputed, passed, moreClean, read, open } = judgement;
  const command = `lorch data review ${dataset}`;
  if (disputed > 0) return `${command} --settle`;
  // If no number of further clean rows helps, only a new version without the bad rows does.
  if (changed && (passed || moreClean === null)) return `${command} --finish -o NEW.jsonl`;
  if (passed) return 'lorch train CONFIG';
  return moreClean === null ? command : `${command} --rows ${read + open + moreClean}`;
}
