CREATE TABLE IF NOT EXISTS events (
  id {{.PK}},
  at {{.Time}} NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  verb TEXT NOT NULL,
  changes {{.JSON}},
  act TEXT NOT NULL,
  "before" TEXT NOT NULL,
  "after" BIGINT NOT NULL,
  undone {{.Time}}
);
CREATE INDEX IF NOT EXISTS events_subject ON events (subject_kind, subject_id, id);
CREATE INDEX IF NOT EXISTS events_actor ON events (actor_kind, actor_id, at);
CREATE INDEX IF NOT EXISTS events_act ON events (act) WHERE act <> '';
