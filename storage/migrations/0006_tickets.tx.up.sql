CREATE TABLE IF NOT EXISTS tickets (
  id {{.PK}},
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL,
  priority TEXT NOT NULL,
  due_at {{.Time}},
  contact_id BIGINT,
  account_id BIGINT,
  conversation_id BIGINT,
  solution TEXT NOT NULL,
  solved_at {{.Time}},
  closed_at {{.Time}},
  owner_id BIGINT,
  team_id BIGINT,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS tickets_owner ON tickets (owner_id, status);
CREATE INDEX IF NOT EXISTS tickets_team ON tickets (team_id);
CREATE INDEX IF NOT EXISTS tickets_contact ON tickets (contact_id);
CREATE INDEX IF NOT EXISTS tickets_account ON tickets (account_id);
CREATE INDEX IF NOT EXISTS tickets_status ON tickets (status, due_at);
