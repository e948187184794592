// The index of reviews. The logs beside the datasets are authoritative; the index finds them without reading them.
import type { Store } from './open-store.ts';

export interface ReviewIndexRow {
  /** The log's path, relative to the workspace. */
  log: string;
  /** Fingerprint of the version that was drawn from. */
  dataset: string;
  /** The dataset's files beside the log's own, relative to its folder. */
  files: string[];
  /** Rows of that version. */
  rows: number;
  /** Drawn rows with a decision. */
  rowsRead: number;
  defects: number;
  disputed: number;
  reviewers: string[];
  /** Of the last entry. */
  lastMs: number;
  /** Of the log. */
  sha256: string;
}

/** Replaces the indexed rows of one log. */
export function replaceReviews(store: Store, log: string, rows: readonly ReviewIndexRow[]): void {
  store.write(() => {
    store.statement('DELETE FROM review WHERE log = ?').run(log);
    for (const row of rows)
      store
        .statement('INSERT INTO review VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          log,
          row.dataset,
          JSON.stringify(row.files),
          row.rows,
          row.rowsRead,
          row.defects,
          row.disputed,
          JSON.stringify(row.reviewers),
          row.lastMs,
          row.sha256,
        );
  });
}

/** Deletes all reviews, before they are indexed again. */
export function clearReviews(store: Store): void {
  store.write(() => void store.statement('DELETE FROM review').run());
}

/** All indexed reviews, latest first. */
export function listReviews(store: Store): ReviewIndexRow[] {
  const rows = store.statement('SELECT * FROM review ORDER BY last_ms DESC, log').all() as {
    log: string;
    dataset: string;
    files: string;
    rows: number;
    rows_read: number;
    defects: number;
    disputed: number;
    reviewers: string;
    last_ms: number;
    sha256: string;
  }[];
  return rows.map(({ files, rows_read, reviewers, last_ms, ...row }) => ({
    ...row,
    files: JSON.parse(files) as string[],
    rowsRead: rows_read,
    reviewers: JSON.parse(reviewers) as string[],
    lastMs: last_ms,
  }));
}
