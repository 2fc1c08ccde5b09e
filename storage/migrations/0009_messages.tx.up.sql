CREATE TABLE IF NOT EXISTS messages (
  id {{.PK}},
  conversation_id BIGINT NOT NULL,
  direction TEXT NOT NULL,
  author_kind TEXT NOT NULL,
  author_id BIGINT NOT NULL,
  audience TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  detail TEXT NOT NULL,
  native TEXT NOT NULL,
  language TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  event_id TEXT NOT NULL,
  happened {{.Time}} NOT NULL,
  received {{.Time}} NOT NULL,
  edited {{.Time}},
  deleted {{.Time}}
);
CREATE INDEX IF NOT EXISTS messages_conversation ON messages (conversation_id, id);
CREATE INDEX IF NOT EXISTS messages_native ON messages (conversation_id, native) WHERE native <> '';
CREATE TABLE IF NOT EXISTS parts (
  id {{.PK}},
  message_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  native TEXT NOT NULL,
  state TEXT NOT NULL,
  error TEXT NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS parts_message ON parts (message_id, position);
CREATE INDEX IF NOT EXISTS parts_native ON parts (native) WHERE native <> '';
CREATE TABLE IF NOT EXISTS revisions (
  id {{.PK}},
  message_id BIGINT NOT NULL,
  body TEXT NOT NULL,
  at {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS revisions_message ON revisions (message_id);
CREATE TABLE IF NOT EXISTS media (
  id {{.PK}},
  message_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  size BIGINT NOT NULL,
  hash TEXT NOT NULL,
  native TEXT NOT NULL,
  state TEXT NOT NULL,
  error TEXT NOT NULL,
  created {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS media_message ON media (message_id, position);
CREATE INDEX IF NOT EXISTS media_hash ON media (hash) WHERE hash <> '';
CREATE TABLE IF NOT EXISTS media_chunks (
  hash TEXT NOT NULL,
  position BIGINT NOT NULL,
  data {{.Bytes}} NOT NULL,
  PRIMARY KEY (hash, position)
);
