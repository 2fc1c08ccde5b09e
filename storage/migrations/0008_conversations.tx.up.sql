CREATE TABLE IF NOT EXISTS conversations (
  id {{.PK}},
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  chat TEXT NOT NULL,
  topic TEXT NOT NULL,
  direct BOOLEAN NOT NULL,
  audience TEXT NOT NULL,
  contact_id BIGINT,
  user_id BIGINT,
  language TEXT NOT NULL,
  status TEXT NOT NULL,
  assignee_id BIGINT,
  last_in_at {{.Time}},
  last_out_at {{.Time}},
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS conversations_contact ON conversations (contact_id);
CREATE INDEX IF NOT EXISTS conversations_user ON conversations (user_id);
CREATE TABLE IF NOT EXISTS addresses (
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  chat TEXT NOT NULL,
  topic TEXT NOT NULL,
  conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  created {{.Time}} NOT NULL,
  PRIMARY KEY (platform, install, chat, topic)
);
CREATE INDEX IF NOT EXISTS addresses_conversation ON addresses (conversation_id);
