-- The line of the inbox as a whole: SQLite has one writer and takes from all
-- shards at once. Postgres takes from the shards that it has locked.
{{if .Postgres}}
COMMENT ON INDEX inbox_waiting IS 'the line of each shard';
{{else}}
CREATE INDEX IF NOT EXISTS inbox_line ON inbox (place, id) WHERE status = 0;
DROP INDEX IF EXISTS inbox_waiting;
{{end}}
