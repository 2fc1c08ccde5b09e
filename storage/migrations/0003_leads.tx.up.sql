CREATE TABLE IF NOT EXISTS leads (
  id {{.PK}},
  name TEXT NOT NULL,
  company TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  need TEXT NOT NULL,
  status TEXT NOT NULL,
  intent TEXT NOT NULL,
  source_name TEXT NOT NULL,
  source_raw TEXT NOT NULL,
  source_at {{.Time}},
  latest_source_name TEXT NOT NULL,
  latest_source_raw TEXT NOT NULL,
  latest_source_at {{.Time}},
  contact_id BIGINT,
  account_id BIGINT,
  opportunity_id BIGINT,
  lost_reason TEXT NOT NULL,
  owner_id BIGINT,
  team_id BIGINT,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS leads_owner ON leads (owner_id, status);
CREATE INDEX IF NOT EXISTS leads_team ON leads (team_id);
CREATE INDEX IF NOT EXISTS leads_contact ON leads (contact_id);
CREATE INDEX IF NOT EXISTS leads_phone ON leads (phone) WHERE phone <> '';
CREATE INDEX IF NOT EXISTS leads_status ON leads (status);
CREATE INDEX IF NOT EXISTS leads_created ON leads (created);
