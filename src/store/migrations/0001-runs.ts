// Schema 1. Released: never edited again, changes come as the next migration. docs/storage.md explains the tables.
import type { Database } from 'better-sqlite3';

export function createRunTables(db: Database): void {
  db.exec(`
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      uid TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      phase TEXT NOT NULL DEFAULT 'queued'
        CHECK (phase IN ('queued', 'launching', 'running', 'stopping', 'finished')),
      outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'lost')),
      exit_code INTEGER,
      signal TEXT,
      failure TEXT,
      base_model TEXT NOT NULL,
      plan_hash TEXT NOT NULL,
      dataset_fingerprint TEXT NOT NULL,
      sweep_id TEXT,
      sweep_index INTEGER,
      notes TEXT NOT NULL DEFAULT '',
      unreviewed TEXT,
      trainable INTEGER,
      total INTEGER,
      step INTEGER,
      max_steps INTEGER,
      epoch REAL,
      tokens INTEGER,
      trained_tokens INTEGER,
      best_checkpoint TEXT,
      CHECK ((phase = 'finished') = (outcome IS NOT NULL))
    ) STRICT;
    CREATE INDEX run_created ON run (created_ms DESC, uid DESC);
    CREATE INDEX run_name ON run (name, created_ms DESC);
    CREATE INDEX run_sweep ON run (sweep_id) WHERE sweep_id IS NOT NULL;
    CREATE INDEX run_unfinished ON run (phase) WHERE phase <> 'finished';

    CREATE TABLE tag (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      PRIMARY KEY (run_id, tag)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX tag_tag ON tag (tag);

    CREATE TABLE param (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      number REAL,
      PRIMARY KEY (run_id, key)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX param_key ON param (key, number);

    CREATE TABLE attempt (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      n INTEGER NOT NULL,
      token TEXT NOT NULL UNIQUE,
      launcher TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('launching', 'running', 'finished', 'abandoned')),
      created_ms INTEGER NOT NULL,
      started_ms INTEGER,
      ended_ms INTEGER,
      exit_code INTEGER,
      signal TEXT,
      event_bytes INTEGER NOT NULL DEFAULT 0,
      event_lines INTEGER NOT NULL DEFAULT 0,
      last_seq INTEGER NOT NULL DEFAULT -1,
      hello_seen INTEGER NOT NULL DEFAULT 0 CHECK (hello_seen IN (0, 1)),
      resumed_from_step INTEGER,
      UNIQUE (run_id, n)
    ) STRICT;

    CREATE TABLE series (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      points INTEGER NOT NULL DEFAULT 0,
      nonfinite INTEGER NOT NULL DEFAULT 0,
      last_step INTEGER,
      last_value REAL,
      last_flag INTEGER NOT NULL DEFAULT 0,
      min_value REAL,
      min_step INTEGER,
      max_value REAL,
      max_step INTEGER,
      UNIQUE (run_id, name)
    ) STRICT;

    CREATE TABLE point (
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      t INTEGER NOT NULL,
      value REAL,
      flag INTEGER NOT NULL DEFAULT 0 CHECK (flag BETWEEN 0 AND 3),
      PRIMARY KEY (series_id, step)
    ) WITHOUT ROWID, STRICT;

    CREATE TABLE roll (
      series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
      bucket INTEGER NOT NULL,
      points INTEGER NOT NULL,
      nonfinite INTEGER NOT NULL,
      first_step INTEGER NOT NULL,
      last_step INTEGER NOT NULL,
      min_value REAL,
      max_value REAL,
      sum_value REAL NOT NULL,
      last_value REAL,
      last_flag INTEGER NOT NULL,
      PRIMARY KEY (series_id, bucket)
    ) WITHOUT ROWID, STRICT;

    CREATE TABLE event (
      attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
      line INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      t INTEGER NOT NULL,
      type TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (attempt_id, line)
    ) WITHOUT ROWID, STRICT;

    CREATE TABLE finding (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL,
      code TEXT NOT NULL,
      name TEXT NOT NULL,
      severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')),
      message TEXT NOT NULL,
      hint TEXT,
      at TEXT,
      data TEXT,
      UNIQUE (run_id, attempt, code, message)
    ) STRICT;
  `);
}
