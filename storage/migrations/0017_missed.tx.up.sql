-- For an IN of three SQLite builds a small table with every question that comes.
-- Postgres does not, and has nothing to do.
{{if .Postgres}}
SELECT 1;
{{else}}
DROP INDEX IF EXISTS questions_missed;
CREATE INDEX IF NOT EXISTS questions_missed ON questions (asked, id) WHERE state = '' AND
  (outcome = 'not_helpful' OR outcome = 'none' OR outcome = 'person' OR outcome NOT IN ('solved', 'picked') AND band = 'handed_off');
DROP INDEX IF EXISTS questions_fresh;
CREATE INDEX IF NOT EXISTS questions_fresh ON questions (asked, id, band) WHERE state = '' AND cluster_id IS NULL AND
  (outcome = 'not_helpful' OR outcome = 'none' OR outcome = 'person' OR band IN ('suggested', 'handed_off'));
{{end}}
