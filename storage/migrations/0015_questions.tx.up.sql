-- What people ask the knowledge base, changes of it that wait for approval, and
-- what was computed from it.
{{if .Lacks "articles" "author_id"}}ALTER TABLE articles ADD COLUMN author_id BIGINT;{{end}}
{{if .Lacks "articles" "proposal"}}ALTER TABLE articles ADD COLUMN proposal {{.JSON}};{{end}}
CREATE TABLE IF NOT EXISTS questions (
  id {{.PK}},
  key TEXT NOT NULL,
  conversation_id BIGINT NOT NULL,
  contact_id BIGINT,
  text TEXT NOT NULL,
  language TEXT NOT NULL,
  knowledge BIGINT NOT NULL,
  probability DOUBLE PRECISION NOT NULL,
  top {{.JSON}},
  band TEXT NOT NULL,
  article_id BIGINT,
  article_version BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  reply_id BIGINT,
  reply TEXT NOT NULL,
  reply_of_id BIGINT,
  state TEXT NOT NULL,
  cluster_id BIGINT,
  taught_id BIGINT,
  taught_by BIGINT,
  asked {{.Time}} NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS questions_key ON questions (key);
CREATE INDEX IF NOT EXISTS questions_asked ON questions (asked, id);
CREATE INDEX IF NOT EXISTS questions_conversation ON questions (conversation_id, asked, id);
CREATE INDEX IF NOT EXISTS questions_cluster ON questions (cluster_id) WHERE cluster_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS questions_missed ON questions (asked, id) WHERE state = '' AND
  (outcome IN ('not_helpful', 'none', 'person') OR outcome NOT IN ('solved', 'picked') AND band = 'handed_off');
-- An index is a row at position -1, and the pieces that have its key as a name.
CREATE TABLE IF NOT EXISTS knowledge_index (
  id {{.PK}},
  name TEXT NOT NULL,
  position BIGINT NOT NULL,
  key TEXT NOT NULL,
  data {{.Bytes}} NOT NULL,
  created {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS knowledge_index_name ON knowledge_index (name, position);
CREATE TABLE IF NOT EXISTS knowledge_vectors (
  model TEXT NOT NULL,
  hash TEXT NOT NULL,
  data {{.Bytes}} NOT NULL,
  PRIMARY KEY (model, hash)
);
