-- One row per record that words find. The words themselves are in a column on
-- Postgres and in a full-text table of the same ids on SQLite.
CREATE TABLE IF NOT EXISTS search (
  id {{.PK}},
  kind TEXT NOT NULL,
  record_id BIGINT NOT NULL,
  owner_id BIGINT,
  team_id BIGINT,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  title_key TEXT NOT NULL,
  phone_key TEXT NOT NULL,
  {{if .Postgres}}words tsvector NOT NULL,{{end}}
  updated {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS search_record ON search (kind, record_id);
CREATE INDEX IF NOT EXISTS search_title ON search (title_key);
{{if .Postgres}}
CREATE INDEX IF NOT EXISTS search_words ON search USING GIN (words) WITH (fastupdate = off);
{{else}}
CREATE VIRTUAL TABLE IF NOT EXISTS search_words
  USING fts5(words, content='', contentless_delete=1, tokenize='ascii');
{{end}}
