// Indexes a changed review in its workspace. The log itself is already saved.
import { indexInWorkspace } from '../app/review/index-reviews.ts';
import type { Context } from './context.ts';

/** Indexes the log at an absolute path; says so if that fails, and goes on. */
export async function indexChangedReview(context: Context, log: string): Promise<void> {
  try {
    await indexInWorkspace(context, log);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.stderr.write(`the review is saved, but not indexed: ${reason}\n`);
  }
}
