-- Runs and what belongs to them. Times are Unix milliseconds, UTC.
-- A NaN cannot be stored in a REAL column: NULL stands for it in tail.value, evaluation.loss and evaluation_summary.

CREATE TABLE run (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL COLLATE NOCASE,
  architecture TEXT NOT NULL,
  dataset TEXT NOT NULL,
  device TEXT NOT NULL,
  search TEXT NOT NULL,
  spec_hash TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('Queued', 'Running', 'Paused', 'Completed', 'Stopped', 'Diverged', 'Failed', 'Interrupted')),
  rank INTEGER NOT NULL GENERATED ALWAYS AS (CASE status WHEN 'Running' THEN 0 WHEN 'Queued' THEN 1 ELSE 2 END) VIRTUAL,
  reason TEXT NOT NULL,
  command TEXT NOT NULL CHECK (command IN ('None', 'Pause', 'Stop')),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  heartbeat_at INTEGER,
  process_id INTEGER,
  step INTEGER NOT NULL DEFAULT 0,
  parameters INTEGER,
  chance REAL,
  floor REAL,
  sees_the_future INTEGER,
  train_loss REAL,
  eval_loss REAL,
  eval_low REAL,
  eval_high REAL,
  tokens_per_second REAL,
  elapsed REAL
) STRICT;

-- The status comes along, so that a filter on it and the tally read the index alone.
CREATE INDEX run_by_rank ON run (rank, number DESC, status);
CREATE INDEX run_by_name ON run (name, number DESC);
CREATE INDEX run_by_architecture ON run (architecture, number DESC);
CREATE INDEX run_by_dataset ON run (dataset, number DESC);
CREATE INDEX run_by_eval_loss ON run (eval_loss IS NULL, eval_loss, number DESC);
CREATE INDEX run_by_spec_hash ON run (spec_hash);

-- Apart from the run's row, so that the runs table reads short rows.
CREATE TABLE configuration (
  run INTEGER PRIMARY KEY REFERENCES run (number) ON DELETE CASCADE,
  json TEXT NOT NULL
) STRICT;

CREATE TABLE event (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  step INTEGER NOT NULL,
  text TEXT NOT NULL,
  is_warning INTEGER NOT NULL
) STRICT;

CREATE INDEX event_by_run ON event (run, number);

CREATE TABLE checkpoint (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  folder TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease (
  device TEXT NOT NULL,
  slot INTEGER NOT NULL,
  run INTEGER NOT NULL UNIQUE REFERENCES run (number) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  PRIMARY KEY (device, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- One row for each scalar metric of a run: how many points wait in tail, and the last step that is sealed in chunk (-1: none).
CREATE TABLE series (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metric (number),
  tail_count INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  PRIMARY KEY (run, metric)
) STRICT, WITHOUT ROWID;

-- Points live in one of two places: the newest in tail, older ones sealed in blobs of at most 4,096.
CREATE TABLE tail (
  run INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  step INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (run, metric, step),
  FOREIGN KEY (run, metric) REFERENCES series (run, metric) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE chunk (
  run INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  n INTEGER NOT NULL,
  data BLOB NOT NULL,
  min REAL,
  max REAL,
  PRIMARY KEY (run, metric, last),
  FOREIGN KEY (run, metric) REFERENCES series (run, metric) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metric (number),
  step INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (run, metric, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_summary (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  "set" TEXT NOT NULL,
  loss REAL,
  low REAL,
  high REAL,
  PRIMARY KEY (run, step, "set")
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation (
  run INTEGER NOT NULL,
  step INTEGER NOT NULL,
  "set" TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  class INTEGER NOT NULL,
  loss REAL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (run, step, "set", sequence, class),
  FOREIGN KEY (run, step, "set") REFERENCES evaluation_summary (run, step, "set") ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
