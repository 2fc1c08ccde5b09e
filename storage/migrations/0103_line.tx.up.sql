-- Whether something of a chat is to be tried again is asked for every event that
-- waits: by an index that SQLite takes, too.
CREATE INDEX IF NOT EXISTS inbox_retried ON inbox (chat, due) WHERE status = 0 AND attempts > 0;
DROP INDEX IF EXISTS inbox_again;
{{if not .Postgres}}
-- The line as a whole: SQLite has one writer and takes from all shards at once.
CREATE INDEX IF NOT EXISTS inbox_line ON inbox (place, id) WHERE status = 0;
DROP INDEX IF EXISTS inbox_waiting;
{{end}}
