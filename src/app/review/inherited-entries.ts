// Verdicts on a dataset's rows from before it was made: the logs of its parent files, as if they were its own.
import type { LogEntry } from '../../dataset/review/entries.ts';
import { readReviewLog, reviewLogPath } from '../sources/verdict-log.ts';
import { findOrigins, type Origin } from './find-origins.ts';
import { otherFiles, type ReviewedFiles } from './population.ts';

/**
 * The entries of the origins' logs. Their draws become earlier versions of `reviewed`, so that rows keep their verdicts
 * and earlier draws still count. Throws UserError D197, V004, V005.
 */
export async function inheritedEntries(
  reviewed: Pick<ReviewedFiles, 'files'>,
  origins?: readonly Origin[],
): Promise<LogEntry[]> {
  const others = otherFiles(reviewed);
  const inherited: LogEntry[] = [];
  for (const { path, label } of origins ?? (await findOrigins(reviewed.files)).files) {
    const log = await readReviewLog(reviewLogPath(path), reviewLogPath(label));
    for (const entry of log?.entries ?? []) {
      if (entry.type !== 'draw') inherited.push(entry);
      else {
        const { files: _, ...draw } = entry;
        inherited.push({ ...draw, ...(others.length > 0 && { files: others }) });
      }
    }
  }
  return inherited;
}
