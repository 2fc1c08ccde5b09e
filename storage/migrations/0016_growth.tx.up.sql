-- What is asked of tables with millions of rows reads a few of them.
-- The figures of some weeks are counted in the index alone.
CREATE INDEX IF NOT EXISTS questions_when ON questions (asked, id, band, outcome, article_id);
DROP INDEX IF EXISTS questions_asked;
-- Those that the teaching looks at next: compared with nothing yet, and the first
-- of each group.
CREATE INDEX IF NOT EXISTS questions_fresh ON questions (asked, id, band) WHERE state = '' AND cluster_id IS NULL AND
  (outcome IN ('not_helpful', 'none', 'person') OR band IN ('suggested', 'handed_off'));
CREATE INDEX IF NOT EXISTS questions_leading ON questions (asked, id) WHERE cluster_id = id;
CREATE INDEX IF NOT EXISTS questions_taught ON questions (taught_id) WHERE taught_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS conversations_live ON conversations (id) WHERE live_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS releases_held ON releases (conversation_id, id) WHERE state = 'held';
CREATE INDEX IF NOT EXISTS threads_of ON threads (conversation_id, id);
CREATE INDEX IF NOT EXISTS threads_state ON threads (state, id);
CREATE INDEX IF NOT EXISTS leads_open ON leads (owner_id, id) WHERE status IN ('new', 'working', 'qualified');
CREATE INDEX IF NOT EXISTS opportunities_mine ON opportunities (owner_id, id) WHERE closed_at IS NULL;
-- Nobody asks for these: they cost a write for each new row. Of people who work
-- here there are few among those who write.
DROP INDEX IF EXISTS contacts_created;
DROP INDEX IF EXISTS leads_created;
DROP INDEX IF EXISTS identities_user;
CREATE INDEX IF NOT EXISTS identities_staff ON identities (user_id) WHERE user_id IS NOT NULL;
DROP INDEX IF EXISTS conversations_user;
CREATE INDEX IF NOT EXISTS conversations_staff ON conversations (user_id) WHERE user_id IS NOT NULL;
{{if .Postgres}}
-- Room beside rows that change with every message, so that no index has to follow.
ALTER TABLE conversations SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE parts SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE questions SET (autovacuum_vacuum_scale_factor = 0.05);
{{end}}
