-- What an imported run came from; empty for runs that were trained here. The same thing is imported once.
ALTER TABLE run ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX run_by_source ON run (source) WHERE source <> '';
