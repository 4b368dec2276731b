-- Suites: files that describe many runs. One for each file, whatever was queued from it since; a run belongs to one at most.
CREATE TABLE suite (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  file TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  is_compatible INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE run ADD COLUMN suite INTEGER REFERENCES suite (number) ON DELETE SET NULL;
ALTER TABLE run ADD COLUMN suite_index INTEGER;
CREATE INDEX run_by_suite ON run (suite, suite_index) WHERE suite IS NOT NULL;
