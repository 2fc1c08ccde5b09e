-- Where conversations are shown to colleagues, and who let which words go.
CREATE TABLE IF NOT EXISTS threads (
  id {{.PK}},
  conversation_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  chat TEXT NOT NULL,
  topic TEXT NOT NULL,
  head TEXT NOT NULL,
  state TEXT NOT NULL,
  cursor BIGINT NOT NULL,
  opened {{.Time}} NOT NULL,
  closed {{.Time}},
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS threads_conversation ON threads (conversation_id, platform, install) WHERE state <> 'lost';
CREATE UNIQUE INDEX IF NOT EXISTS threads_place ON threads (platform, install, chat, topic) WHERE topic <> '';
CREATE TABLE IF NOT EXISTS releases (
  id {{.PK}},
  conversation_id BIGINT NOT NULL,
  thread_id BIGINT,
  user_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  source_id BIGINT,
  body TEXT NOT NULL,
  original TEXT NOT NULL,
  state TEXT NOT NULL,
  due {{.Time}} NOT NULL,
  message_id BIGINT,
  delivery TEXT NOT NULL,
  why TEXT NOT NULL,
  live BOOLEAN NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS releases_conversation ON releases (conversation_id, id);
CREATE INDEX IF NOT EXISTS releases_source ON releases (thread_id, source) WHERE source <> '';
CREATE INDEX IF NOT EXISTS releases_message ON releases (message_id) WHERE message_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS surveys (
  id {{.PK}},
  contact_id BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  user_id BIGINT,
  rating BIGINT NOT NULL,
  comment TEXT NOT NULL,
  ticket_id BIGINT,
  answered {{.Time}},
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS surveys_contact ON surveys (contact_id, created);
