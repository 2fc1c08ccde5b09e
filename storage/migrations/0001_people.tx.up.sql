CREATE TABLE IF NOT EXISTS teams (
  id {{.PK}},
  name TEXT NOT NULL UNIQUE,
  created {{.Time}} NOT NULL
);
CREATE TABLE IF NOT EXISTS users (
  id {{.PK}},
  handle TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  team_id BIGINT REFERENCES teams (id),
  language TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  turn_at {{.Time}},
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS users_role ON users (role, active);
CREATE TABLE IF NOT EXISTS link_codes (
  id {{.PK}},
  hash TEXT NOT NULL UNIQUE,
  user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
  expires {{.Time}} NOT NULL,
  tries BIGINT NOT NULL,
  used {{.Time}},
  created {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS link_codes_user ON link_codes (user_id);
CREATE TABLE IF NOT EXISTS identities (
  id {{.PK}},
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  sender TEXT NOT NULL,
  contact_id BIGINT,
  user_id BIGINT,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  chat TEXT NOT NULL,
  gone_at {{.Time}},
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS identities_sender ON identities (platform, install, sender);
CREATE INDEX IF NOT EXISTS identities_contact ON identities (contact_id);
CREATE INDEX IF NOT EXISTS identities_user ON identities (user_id);
