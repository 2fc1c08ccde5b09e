-- What is done in the inbox is found by its place in it: one index less to write
-- for each event, twice.
DROP INDEX IF EXISTS inbox_received;
CREATE INDEX IF NOT EXISTS kept_values_expires ON kept_values (expires) WHERE expires > 0;
{{if .Postgres}}
ALTER TABLE sessions SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE buttons SET (autovacuum_vacuum_scale_factor = 0.02);
{{end}}
