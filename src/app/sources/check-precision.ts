// The precision of each check by reviewers' verdicts, from the logs beside the datasets.
import { type CheckPrecision, checkPrecision } from '../../dataset/review/check-precision.ts';
import type { LogEntry } from '../../dataset/review/entries.ts';
import { foldLog } from '../../dataset/review/fold-log.ts';
import type { DataSource } from '../../dataset/scan/scan-types.ts';
import { readReviewLog, reviewLogPath } from './verdict-log.ts';

/** Each check's precision over all verdicts on these files, by code. Throws UserError V004, V005 if a log is damaged. */
export async function readPrecision(sources: readonly DataSource[]): Promise<CheckPrecision[]> {
  const entries: LogEntry[] = [];
  for (const { path, label, stream } of sources) {
    const log = stream ? null : await readReviewLog(reviewLogPath(path), reviewLogPath(label));
    if (log) entries.push(...log.entries);
  }
  return checkPrecision(foldLog(entries));
}
