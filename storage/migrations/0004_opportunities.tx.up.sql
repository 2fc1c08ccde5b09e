CREATE TABLE IF NOT EXISTS opportunities (
  id {{.PK}},
  name TEXT NOT NULL,
  account_id BIGINT,
  contact_id BIGINT,
  lead_id BIGINT,
  stage TEXT NOT NULL,
  probability BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  amount_currency TEXT NOT NULL,
  close_on TEXT NOT NULL,
  closed_at {{.Time}},
  lost_reason TEXT NOT NULL,
  source TEXT NOT NULL,
  intent TEXT NOT NULL,
  owner_id BIGINT,
  team_id BIGINT,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS opportunities_owner ON opportunities (owner_id);
CREATE INDEX IF NOT EXISTS opportunities_team ON opportunities (team_id);
CREATE INDEX IF NOT EXISTS opportunities_account ON opportunities (account_id);
CREATE INDEX IF NOT EXISTS opportunities_contact ON opportunities (contact_id);
CREATE INDEX IF NOT EXISTS opportunities_open ON opportunities (close_on) WHERE closed_at IS NULL;
CREATE INDEX IF NOT EXISTS opportunities_closed ON opportunities (closed_at) WHERE closed_at IS NOT NULL;
