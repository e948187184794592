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
CREATE TABLE tag (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      PRIMARY KEY (run_id, tag)
    ) WITHOUT ROWID, STRICT;
CREATE TABLE param (
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      number REAL,
      PRIMARY KEY (run_id, key)
    ) WITHOUT ROWID, STRICT;
CREATE TABLE attempt (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      n INTEGER NOT NULL,
      token TEXT NOT NULL UNIQUE,
      host TEXT NOT NULL,
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
      resumed_from_step INTEGER, scheduler TEXT NOT NULL DEFAULT 'process',
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
CREATE TABLE queue (
      run TEXT PRIMARY KEY REFERENCES run (uid) ON DELETE CASCADE,
      priority INTEGER NOT NULL,
      place INTEGER NOT NULL,
      queued_ms INTEGER NOT NULL,
      held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
      held_why TEXT,
      after TEXT NOT NULL DEFAULT '[]',
      after_attempt INTEGER NOT NULL DEFAULT 0,
      host TEXT NOT NULL,
      gpus INTEGER NOT NULL,
      share_gpu INTEGER NOT NULL DEFAULT 0 CHECK (share_gpu IN (0, 1)),
      bytes INTEGER
    ) WITHOUT ROWID, STRICT;
CREATE TABLE lease (
      attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
      device TEXT NOT NULL,
      shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
      bytes INTEGER,
      PRIMARY KEY (attempt_id, device)
    ) WITHOUT ROWID, STRICT;
CREATE TABLE dispatcher (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      token TEXT NOT NULL,
      machine TEXT NOT NULL,
      pid INTEGER NOT NULL,
      start TEXT,
      boot_id TEXT,
      since_ms INTEGER NOT NULL,
      beat_ms INTEGER NOT NULL
    ) STRICT;
CREATE INDEX run_created ON run (created_ms DESC, uid DESC);
CREATE INDEX run_name ON run (name, created_ms DESC);
CREATE INDEX run_sweep ON run (sweep_id) WHERE sweep_id IS NOT NULL;
CREATE INDEX run_unfinished ON run (phase) WHERE phase <> 'finished';
CREATE INDEX tag_tag ON tag (tag);
CREATE INDEX param_key ON param (key, number);
INSERT INTO run VALUES (1, 'queued', 'queued', 1790000000000, 'launching', NULL, NULL, NULL, NULL, 'tiny/llama', 'hash-queued', 'fingerprint', NULL, NULL, '', 'a test', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO run VALUES (2, 'first', 'first', 1790000000000, 'finished', 'succeeded', 0, NULL, NULL, 'tiny/llama', 'hash-first', 'fingerprint', NULL, NULL, 'it''s good', 'a test', 1024, 100000, 2, 100, 0.5, 20, 2, NULL);
INSERT INTO tag VALUES (2, 'kept');
INSERT INTO param VALUES (1, 'base_model.architecture', '"LlamaForCausalLM"', NULL);
INSERT INTO param VALUES (1, 'base_model.config_sha256', '"cc"', NULL);
INSERT INTO param VALUES (1, 'base_model.id', '"tiny/llama"', NULL);
INSERT INTO param VALUES (1, 'base_model.model_type', '"llama"', NULL);
INSERT INTO param VALUES (1, 'base_model.path', 'null', NULL);
INSERT INTO param VALUES (1, 'base_model.revision', 'null', NULL);
INSERT INTO param VALUES (1, 'dataset.dropped', '{}', NULL);
INSERT INTO param VALUES (1, 'dataset.fingerprint', '"fingerprint"', NULL);
INSERT INTO param VALUES (1, 'dataset.format', '"alpaca"', NULL);
INSERT INTO param VALUES (1, 'dataset.held_out', '[]', NULL);
INSERT INTO param VALUES (1, 'dataset.lengths.max', '30', 30);
INSERT INTO param VALUES (1, 'dataset.lengths.p50', '30', 30);
INSERT INTO param VALUES (1, 'dataset.lengths.p90', '30', 30);
INSERT INTO param VALUES (1, 'dataset.lengths.p99', '30', 30);
INSERT INTO param VALUES (1, 'dataset.lost_eot_rows', '0', 0);
INSERT INTO param VALUES (1, 'dataset.prepared_key', '"pp"', NULL);
INSERT INTO param VALUES (1, 'dataset.rows_in', '4', 4);
INSERT INTO param VALUES (1, 'dataset.template.kind', '"chatml"', NULL);
INSERT INTO param VALUES (1, 'dataset.template.sha256', '"tt"', NULL);
INSERT INTO param VALUES (1, 'dataset.tokenizer_sha256', '"kk"', NULL);
INSERT INTO param VALUES (1, 'dataset.train.file', '"data/train.safetensors"', NULL);
INSERT INTO param VALUES (1, 'dataset.train.fingerprint', '"ff"', NULL);
INSERT INTO param VALUES (1, 'dataset.train.rows', '4', 4);
INSERT INTO param VALUES (1, 'dataset.train.sha256', '"aa"', NULL);
INSERT INTO param VALUES (1, 'dataset.train.tokens', '120', 120);
INSERT INTO param VALUES (1, 'dataset.train.trained_tokens', '40', 40);
INSERT INTO param VALUES (1, 'dataset.truncated_rows', '0', 0);
INSERT INTO param VALUES (1, 'dataset.validation', 'null', NULL);
INSERT INTO param VALUES (1, 'forecast.disk', 'null', NULL);
INSERT INTO param VALUES (1, 'forecast.memory', 'null', NULL);
INSERT INTO param VALUES (1, 'forecast.parameters', 'null', NULL);
INSERT INTO param VALUES (1, 'forecast.steps.per_epoch', '3', 3);
INSERT INTO param VALUES (1, 'forecast.steps.total', '3', 3);
INSERT INTO param VALUES (1, 'lora.lora_alpha', '16', 16);
INSERT INTO param VALUES (1, 'lora.r', '8', 8);
INSERT INTO param VALUES (1, 'lora.target_modules', '["q_proj","v_proj"]', NULL);
INSERT INTO param VALUES (1, 'lorch_version', '"0.1.0"', NULL);
INSERT INTO param VALUES (1, 'model.attn_implementation', '"sdpa"', NULL);
INSERT INTO param VALUES (1, 'model.dtype', '"float32"', NULL);
INSERT INTO param VALUES (1, 'model.trust_remote_code', 'false', NULL);
INSERT INTO param VALUES (1, 'name', '"queued"', NULL);
INSERT INTO param VALUES (1, 'quantization', 'null', NULL);
INSERT INTO param VALUES (1, 'resources.gpus', '0', 0);
INSERT INTO param VALUES (1, 'resources.host', '"local"', NULL);
INSERT INTO param VALUES (1, 'review.reason', '"a test"', NULL);
INSERT INTO param VALUES (1, 'review.state', '"unreviewed"', NULL);
INSERT INTO param VALUES (1, 'sweep', 'null', NULL);
INSERT INTO param VALUES (1, 'training.learning_rate', '0.0002', 0.0002);
INSERT INTO param VALUES (1, 'training.max_length', '64', 64);
INSERT INTO param VALUES (1, 'training.num_train_epochs', '1', 1);
INSERT INTO param VALUES (2, 'base_model.architecture', '"LlamaForCausalLM"', NULL);
INSERT INTO param VALUES (2, 'base_model.config_sha256', '"cc"', NULL);
INSERT INTO param VALUES (2, 'base_model.id', '"tiny/llama"', NULL);
INSERT INTO param VALUES (2, 'base_model.model_type', '"llama"', NULL);
INSERT INTO param VALUES (2, 'base_model.path', 'null', NULL);
INSERT INTO param VALUES (2, 'base_model.revision', 'null', NULL);
INSERT INTO param VALUES (2, 'dataset.dropped', '{}', NULL);
INSERT INTO param VALUES (2, 'dataset.fingerprint', '"fingerprint"', NULL);
INSERT INTO param VALUES (2, 'dataset.format', '"alpaca"', NULL);
INSERT INTO param VALUES (2, 'dataset.held_out', '[]', NULL);
INSERT INTO param VALUES (2, 'dataset.lengths.max', '30', 30);
INSERT INTO param VALUES (2, 'dataset.lengths.p50', '30', 30);
INSERT INTO param VALUES (2, 'dataset.lengths.p90', '30', 30);
INSERT INTO param VALUES (2, 'dataset.lengths.p99', '30', 30);
INSERT INTO param VALUES (2, 'dataset.lost_eot_rows', '0', 0);
INSERT INTO param VALUES (2, 'dataset.prepared_key', '"pp"', NULL);
INSERT INTO param VALUES (2, 'dataset.rows_in', '4', 4);
INSERT INTO param VALUES (2, 'dataset.template.kind', '"chatml"', NULL);
INSERT INTO param VALUES (2, 'dataset.template.sha256', '"tt"', NULL);
INSERT INTO param VALUES (2, 'dataset.tokenizer_sha256', '"kk"', NULL);
INSERT INTO param VALUES (2, 'dataset.train.file', '"data/train.safetensors"', NULL);
INSERT INTO param VALUES (2, 'dataset.train.fingerprint', '"ff"', NULL);
INSERT INTO param VALUES (2, 'dataset.train.rows', '4', 4);
INSERT INTO param VALUES (2, 'dataset.train.sha256', '"aa"', NULL);
INSERT INTO param VALUES (2, 'dataset.train.tokens', '120', 120);
INSERT INTO param VALUES (2, 'dataset.train.trained_tokens', '40', 40);
INSERT INTO param VALUES (2, 'dataset.truncated_rows', '0', 0);
INSERT INTO param VALUES (2, 'dataset.validation', 'null', NULL);
INSERT INTO param VALUES (2, 'forecast.disk', 'null', NULL);
INSERT INTO param VALUES (2, 'forecast.memory', 'null', NULL);
INSERT INTO param VALUES (2, 'forecast.parameters', 'null', NULL);
INSERT INTO param VALUES (2, 'forecast.steps.per_epoch', '3', 3);
INSERT INTO param VALUES (2, 'forecast.steps.total', '3', 3);
INSERT INTO param VALUES (2, 'lora.lora_alpha', '16', 16);
INSERT INTO param VALUES (2, 'lora.r', '8', 8);
INSERT INTO param VALUES (2, 'lora.target_modules', '["q_proj","v_proj"]', NULL);
INSERT INTO param VALUES (2, 'lorch_version', '"0.1.0"', NULL);
INSERT INTO param VALUES (2, 'model.attn_implementation', '"sdpa"', NULL);
INSERT INTO param VALUES (2, 'model.dtype', '"float32"', NULL);
INSERT INTO param VALUES (2, 'model.trust_remote_code', 'false', NULL);
INSERT INTO param VALUES (2, 'name', '"first"', NULL);
INSERT INTO param VALUES (2, 'quantization', 'null', NULL);
INSERT INTO param VALUES (2, 'resources.gpus', '0', 0);
INSERT INTO param VALUES (2, 'resources.host', '"local"', NULL);
INSERT INTO param VALUES (2, 'review.reason', '"a test"', NULL);
INSERT INTO param VALUES (2, 'review.state', '"unreviewed"', NULL);
INSERT INTO param VALUES (2, 'sweep', 'null', NULL);
INSERT INTO param VALUES (2, 'training.learning_rate', '0.0002', 0.0002);
INSERT INTO param VALUES (2, 'training.max_length', '64', 64);
INSERT INTO param VALUES (2, 'training.num_train_epochs', '1', 1);
INSERT INTO attempt VALUES (1, 1, 1, 'queued-1', 'local', 'launching', 1000, NULL, NULL, NULL, NULL, 0, 0, -1, 0, NULL, 'process');
INSERT INTO attempt VALUES (2, 2, 1, 'first-1', 'local', 'finished', 1000, 2000, 3000, 0, NULL, 50, 5, 3, 1, NULL, 'process');
INSERT INTO series VALUES (1, 2, 'loss', 2, 1, 2, NULL, 2, 2.5, 1, 2.5, 1);
INSERT INTO series VALUES (2, 2, 'grad_norm', 1, 1, 1, NULL, 1, NULL, NULL, NULL, NULL);
INSERT INTO point VALUES (1, 1, 1002, 2.5, 0);
INSERT INTO point VALUES (1, 2, 1003, NULL, 2);
INSERT INTO point VALUES (2, 1, 1002, NULL, 1);
INSERT INTO roll VALUES (1, 0, 2, 1, 1, 2, 2.5, 2.5, 2.5, NULL, 2);
INSERT INTO roll VALUES (2, 0, 1, 1, 1, 1, NULL, NULL, 0, NULL, 1);
INSERT INTO event VALUES (2, 1, 0, 1000, 'hello', '{"pid":1,"attempt":1,"versions":{},"device":{"kind":"cpu","name":"cpu","count":1,"memory_bytes":0,"uuids":[]},"resumed_from_step":null}');
INSERT INTO event VALUES (2, 2, 1, 1001, 'model', '{"architecture":"LlamaForCausalLM","trainable":1024,"total":100000,"modules":{},"dtype":"float32","quantized_modules":0,"load_ms":1}');
INSERT INTO finding VALUES (1, 2, 1, 'R100', 'unreadable-event', 'warning', 'events.jsonl has lines that cannot be read; they are not on record', NULL, '{"file":"attempt-1/events.jsonl","line":5}', '{"lines":1,"first_reason":"a line that is no event"}');
PRAGMA user_version = 4;
