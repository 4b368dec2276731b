-- What the list of runs is filtered, sorted and grouped by, and the trash.

ALTER TABLE run ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN learning_rate REAL NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN layers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN batch_size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN context_length INTEGER NOT NULL DEFAULT 0;
-- The hash of the specification as if its seed were 0.
ALTER TABLE run ADD COLUMN family TEXT NOT NULL DEFAULT '';
-- When it was deleted; it is gone for good once the trash is emptied.
ALTER TABLE run ADD COLUMN deleted_at INTEGER;

-- family_of is a function of the program.
UPDATE run SET (seed, steps, learning_rate, width, layers, batch_size, context_length, family) = (
  SELECT json ->> '$.seed', json ->> '$.training.steps', json ->> '$.training.learningRate', json ->> '$.shape.width', json ->> '$.shape.layers',
    json ->> '$.training.batchSize', json ->> '$.shape.contextLength', family_of(json)
  FROM configuration WHERE configuration.run = run.number)
WHERE EXISTS (SELECT 1 FROM configuration WHERE configuration.run = run.number);

ALTER TABLE run ADD COLUMN gap REAL GENERATED ALWAYS AS (CASE WHEN chance > floor THEN (chance - eval_loss) / (chance - floor) END) VIRTUAL;
ALTER TABLE run ADD COLUMN progress REAL GENERATED ALWAYS AS (CASE WHEN steps > 0 THEN min(1.0, step * 1.0 / steps) END) VIRTUAL;
ALTER TABLE run ADD COLUMN since INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(ended_at, started_at, created_at)) VIRTUAL;

-- The order of the list: running, queued, what needs a look, stopped, completed.
DROP INDEX run_by_rank;
DROP INDEX run_by_turn;
DROP INDEX run_by_place;
ALTER TABLE run DROP COLUMN rank;
ALTER TABLE run ADD COLUMN rank INTEGER NOT NULL GENERATED ALWAYS AS (CASE status WHEN 'Running' THEN 0 WHEN 'Queued' THEN 1 WHEN 'Stopped' THEN 3 WHEN 'Completed' THEN 4 ELSE 2 END) VIRTUAL;
CREATE INDEX run_by_rank ON run (rank, number DESC, status, archived_at, deleted_at);
CREATE INDEX run_by_turn ON run (rank, priority DESC, place);
CREATE INDEX run_by_place ON run (rank, place);
CREATE INDEX run_by_family ON run (architecture, dataset, family, number DESC);
CREATE INDEX run_deleted ON run (deleted_at) WHERE deleted_at IS NOT NULL;
