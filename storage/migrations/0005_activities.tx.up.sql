CREATE TABLE IF NOT EXISTS activities (
  id {{.PK}},
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  contact_id BIGINT,
  body TEXT NOT NULL,
  due_at {{.Time}},
  done_at {{.Time}},
  told_at {{.Time}},
  owner_id BIGINT,
  team_id BIGINT,
  version BIGINT NOT NULL,
  created {{.Time}} NOT NULL,
  updated {{.Time}} NOT NULL
);
CREATE INDEX IF NOT EXISTS activities_owner ON activities (owner_id, due_at);
CREATE INDEX IF NOT EXISTS activities_team ON activities (team_id);
CREATE INDEX IF NOT EXISTS activities_subject ON activities (subject_kind, subject_id);
CREATE INDEX IF NOT EXISTS activities_contact ON activities (contact_id);
CREATE INDEX IF NOT EXISTS activities_due ON activities (due_at) WHERE done_at IS NULL AND told_at IS NULL;
