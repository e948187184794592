// Builds the workspace's index of reviews from their logs.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { glob } from 'tinyglobby';
import { findWorkspace } from '../../config/workspace.ts';
import type { LogEntry } from '../../dataset/review/entries.ts';
import { foldLog, isDefect } from '../../dataset/review/fold-log.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { clearReviews, type ReviewIndexRow, replaceReviews } from '../../store/reviews.ts';
import { readReviewLog } from '../sources/verdict-log.ts';

/** Indexes one log (absolute path); removes it from the index if it is missing or unreadable. */
export async function indexReview(store: Store, root: string, log: string): Promise<void> {
  const name = relative(root, log);
  const read = await readReviewLog(log, name).catch((error: unknown) => {
    // Commands that need the log report the error; the index only has readable logs.
    if (error instanceof UserError) return null;
    throw error;
  });
  replaceReviews(store, name, read ? summarise(name, read.entries, read.sha256) : []);
}

/**
 * Indexes a changed review in the workspace of `cwd`. Does nothing without a workspace, for a log outside
 * of it, and before the first run, because a new database indexes every log.
 */
export async function indexInWorkspace({ cwd, env }: IndexScope, log: string): Promise<void> {
  const workspace = await findWorkspace(cwd, env.HOME);
  if (!workspace || relative(workspace.root, log).startsWith('..') || !existsSync(log)) return;
  const path = join(workspace.runsDir, 'lorch.db');
  if (!existsSync(path)) return;
  const store = openStore(path);
  try {
    await indexReview(store, workspace.root, log);
  } finally {
    store.close();
  }
}

export interface IndexScope {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Indexes every log of the workspace; returns how many there are. */
export async function indexAllReviews(store: Store, root: string, runsDir: string): Promise<number> {
  const skipped = ['**/node_modules/**', '**/.*/**', `${relative(root, runsDir)}/**`];
  const logs = await glob('**/*.review.jsonl', { cwd: root, ignore: skipped, expandDirectories: false });
  clearReviews(store);
  for (const log of logs.sort()) await indexReview(store, root, join(root, log));
  return logs.length;
}

function summarise(log: string, entries: readonly LogEntry[], sha256: string): ReviewIndexRow[] {
  const { draws, rows } = foldLog(entries);
  const lastMs = entries.reduce((latest, { at_ms }) => Math.max(latest, at_ms), 0);
  return draws.map((draw) => {
    const drawn = [...rows.values()].filter(
      ({ decision, verdicts }) =>
        decision !== 'open' &&
        [...verdicts.values()].some(({ dataset, position }) => dataset === draw.dataset && position !== null),
    );
    return {
      log,
      dataset: draw.dataset,
      files: draw.files ?? [],
      rows: draw.rows,
      rowsRead: drawn.length,
      defects: drawn.filter(({ decision }) => isDefect(decision)).length,
      disputed: drawn.filter(({ decision }) => decision === 'disputed').length,
      reviewers: [...new Set(drawn.flatMap(({ verdicts }) => [...verdicts.keys()]))].sort(),
      lastMs,
      sha256,
    };
  });
}
