// Schema 2: the index of review logs, one row for each dataset version that was drawn from.
import type { Database } from 'better-sqlite3';

export function createReviewTable(db: Database): void {
  db.exec(`
    CREATE TABLE review (
      log TEXT NOT NULL,
      dataset TEXT NOT NULL,
      files TEXT NOT NULL,
      rows INTEGER NOT NULL,
      rows_read INTEGER NOT NULL,
      defects INTEGER NOT NULL,
      disputed INTEGER NOT NULL,
      reviewers TEXT NOT NULL,
      last_ms INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (log, dataset, files)
    ) WITHOUT ROWID, STRICT;
  `);
}
