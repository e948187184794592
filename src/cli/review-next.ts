// The command lines for the next step of a review.
import type { ReviewStep } from '../app/review/next-step.ts';

/** A command line; `dataset` is what was reviewed, as typed. */
export function reviewCommand(dataset: string, next: ReviewStep): string {
  const command = `lorch data review ${dataset}`;
  switch (next.step) {
    case 'settle':
      return `${command} --settle`;
    case 'finish':
      return `${command} --finish -o NEW.jsonl`;
    case 'train':
      return 'lorch train CONFIG';
    case 'read':
      return next.rows === null ? command : `${command} --rows ${next.rows}`;
  }
}
