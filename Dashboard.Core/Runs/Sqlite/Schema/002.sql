-- The queue's order, the history of every run's statuses, the archive, edits of names, and why a worker is being killed.

-- Of the queued runs that with the highest priority begins first, among equals that with the smallest place.
ALTER TABLE run ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN archived_at INTEGER;
-- Every tag between line feeds, with one before the first and one after the last.
ALTER TABLE run ADD COLUMN tags TEXT NOT NULL DEFAULT '';
-- Counts the edits of name, tags and notes; revision counts every change.
ALTER TABLE run ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
-- Why the worker of a running run is being killed; NULL: it is not.
ALTER TABLE run ADD COLUMN kill_reason TEXT;

UPDATE run SET
  place = number,
  tags = coalesce((
    SELECT char(10) || group_concat(tag.value, char(10)) || char(10)
    FROM configuration, json_each(configuration.json, '$.tags') AS tag
    WHERE configuration.run = run.number), '');

DROP INDEX run_by_rank;
CREATE INDEX run_by_rank ON run (rank, number DESC, status, archived_at);
CREATE INDEX run_by_turn ON run (rank, priority DESC, place);
CREATE INDEX run_by_place ON run (rank, place);

-- The first row of a run is its creation: it comes from nowhere.
CREATE TABLE status_change (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  "from" TEXT,
  "to" TEXT NOT NULL,
  reason TEXT NOT NULL,
  step INTEGER NOT NULL
) STRICT;

CREATE INDEX status_change_by_run ON status_change (run, number);

-- Version 1 kept no history, but a line in the log for every change: "Running." or "Failed: why".
INSERT INTO status_change (run, at, "from", "to", reason, step)
SELECT run, at, lag(word) OVER (PARTITION BY run ORDER BY number), word, CASE WHEN text = word || '.' THEN '' ELSE substr(text, length(word) + 3) END, step
FROM event
JOIN (
  SELECT column1 AS word FROM (VALUES ('Queued'), ('Running'), ('Paused'), ('Completed'), ('Stopped'), ('Diverged'), ('Failed'), ('Interrupted'))
) ON text = word || '.' OR substr(text, 1, length(word) + 2) = word || ': '
ORDER BY number;
