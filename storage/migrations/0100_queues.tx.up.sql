-- What waits: the inbox, the outbox, jobs, and the small state around them.
-- Times in the queues are epoch milliseconds.

CREATE TABLE IF NOT EXISTS shards (id INTEGER PRIMARY KEY);
INSERT INTO shards (id) VALUES
  (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15),
  (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29), (30), (31)
  ON CONFLICT (id) DO NOTHING;

-- status: 0 waits, 1 done, 2 parked
CREATE TABLE IF NOT EXISTS inbox (
  id {{.PK}},
  event TEXT NOT NULL UNIQUE,
  chat TEXT NOT NULL,
  shard INTEGER NOT NULL,
  kind TEXT NOT NULL,
  waits INTEGER NOT NULL,
  payload TEXT NOT NULL,
  received BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  place BIGINT NOT NULL,
  due BIGINT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  cause TEXT NOT NULL DEFAULT '',
  logged INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS inbox_waiting ON inbox (shard, place, id) WHERE status = 0;
CREATE INDEX IF NOT EXISTS inbox_again ON inbox (chat, id) WHERE status = 0 AND attempts > 0;
CREATE INDEX IF NOT EXISTS inbox_chat ON inbox (chat, seq) WHERE status = 0;
CREATE INDEX IF NOT EXISTS inbox_parked ON inbox (id) WHERE status = 2;
CREATE INDEX IF NOT EXISTS inbox_received ON inbox (received);

-- Only what waits (0) and what was given up (2): a row that was sent is gone,
-- its outcome stands beside the message. The CHECK is the wall: to a customer
-- speaks the bot, or a person whose words somebody here released.
CREATE TABLE IF NOT EXISTS outbox (
  id {{.PK}},
  conversation_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0,
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  audience TEXT NOT NULL,
  author TEXT NOT NULL,
  released_by BIGINT,
  payload TEXT NOT NULL,
  created BIGINT NOT NULL,
  due BIGINT NOT NULL,
  expires BIGINT NOT NULL DEFAULT 0,
  status INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  plain INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '',
  cause TEXT NOT NULL DEFAULT '',
  CONSTRAINT wall CHECK (audience <> 'customers' OR author = 'bot' OR released_by IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (platform, install, id) WHERE status = 0;
CREATE INDEX IF NOT EXISTS outbox_line ON outbox (conversation_id, id) WHERE status = 0;
CREATE INDEX IF NOT EXISTS outbox_failed ON outbox (created) WHERE status = 2;

CREATE TABLE IF NOT EXISTS holds (
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (platform, install)
);

CREATE TABLE IF NOT EXISTS replicas (
  id TEXT PRIMARY KEY,
  beat BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS jobs (
  id {{.PK}},
  kind TEXT NOT NULL,
  unique_key TEXT,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  cause TEXT NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX IF NOT EXISTS jobs_unique ON jobs (kind, unique_key) WHERE status = 0;
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (run_at, id) WHERE status = 0;

CREATE TABLE IF NOT EXISTS sessions (
  conversation_id BIGINT NOT NULL,
  sender TEXT NOT NULL,
  state TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, sender)
);
CREATE INDEX IF NOT EXISTS sessions_updated ON sessions (updated);

CREATE TABLE IF NOT EXISTS buttons (
  id TEXT PRIMARY KEY,
  conversation_id BIGINT NOT NULL,
  reader TEXT NOT NULL DEFAULT '',
  action TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  once INTEGER NOT NULL DEFAULT 0,
  used_by TEXT NOT NULL DEFAULT '',
  used_at BIGINT NOT NULL DEFAULT 0,
  expires BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS buttons_expires ON buttons (expires);

-- "values" is a word of SQL
CREATE TABLE IF NOT EXISTS kept_values (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  expires BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until BIGINT NOT NULL
);

-- What never became an Inbound, for the engineer.
CREATE TABLE IF NOT EXISTS strays (
  id {{.PK}},
  platform TEXT NOT NULL,
  install TEXT NOT NULL,
  reason TEXT NOT NULL,
  raw {{.Bytes}} NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS strays_at ON strays (at);
{{if .Postgres}}
ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02);
{{end}}