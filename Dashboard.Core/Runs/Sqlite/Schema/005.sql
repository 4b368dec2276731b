-- Where each worker of a run trained, and whether other processes took its cores meanwhile.

CREATE TABLE environment (
  number INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  step INTEGER NOT NULL,
  processor TEXT NOT NULL,
  cores INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  device TEXT NOT NULL,
  threads INTEGER NOT NULL,
  backend TEXT NOT NULL,
  build TEXT NOT NULL,
  version TEXT NOT NULL,
  system TEXT NOT NULL,
  runtime TEXT NOT NULL
) STRICT;

CREATE INDEX environment_by_run ON environment (run, number);

ALTER TABLE run ADD COLUMN busy_machine INTEGER NOT NULL DEFAULT 0;
