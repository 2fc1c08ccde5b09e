CREATE TABLE IF NOT EXISTS accounts (
  id {{.PK}},
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  phone TEXT NOT NULL,
  website TEXT NOT NULL,
  city TEXT NOT NULL,
  owner_id BIGINT,
  team_id BIGINT,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS accounts_owner ON accounts (owner_id);
CREATE INDEX IF NOT EXISTS accounts_team ON accounts (team_id);
CREATE INDEX IF NOT EXISTS accounts_name ON accounts (name_key);
CREATE TABLE IF NOT EXISTS contacts (
  id {{.PK}},
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  title TEXT NOT NULL,
  account_id BIGINT,
  language TEXT NOT NULL,
  intent TEXT NOT NULL,
  source_name TEXT NOT NULL,
  source_raw TEXT NOT NULL,
  source_at {{.Time}},
  latest_source_name TEXT NOT NULL,
  latest_source_raw TEXT NOT NULL,
  latest_source_at {{.Time}},
  claimed TEXT NOT NULL,
  opted_out {{.Time}},
  merged_into BIGINT,
  owner_id BIGINT,
  team_id BIGINT,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS contacts_owner ON contacts (owner_id);
CREATE INDEX IF NOT EXISTS contacts_team ON contacts (team_id);
CREATE INDEX IF NOT EXISTS contacts_account ON contacts (account_id);
CREATE INDEX IF NOT EXISTS contacts_phone ON contacts (phone) WHERE phone <> '';
CREATE INDEX IF NOT EXISTS contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX IF NOT EXISTS contacts_created ON contacts (created);
