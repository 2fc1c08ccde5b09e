CREATE TABLE IF NOT EXISTS articles (
  id {{.PK}},
  slug TEXT NOT NULL,
  language TEXT NOT NULL,
  title TEXT NOT NULL,
  phrasings {{.JSON}},
  tags {{.JSON}},
  body TEXT NOT NULL,
  status TEXT NOT NULL,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS articles_slug ON articles (slug, language);
CREATE INDEX IF NOT EXISTS articles_status ON articles (status, language);
-- One row that counts the changes of articles.
CREATE TABLE IF NOT EXISTS knowledge_version (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO knowledge_version (id, version) VALUES (1, 1) ON CONFLICT (id) DO NOTHING;
