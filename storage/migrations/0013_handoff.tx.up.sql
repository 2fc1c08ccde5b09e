-- Who answers a customer: the bot, or one person, and how far a call has gone.
{{if .Lacks "conversations" "asked_at"}}ALTER TABLE conversations ADD COLUMN asked_at {{.Time}};{{end}}
{{if .Lacks "conversations" "tried"}}ALTER TABLE conversations ADD COLUMN tried {{.JSON}};{{end}}
{{if .Lacks "conversations" "step"}}ALTER TABLE conversations ADD COLUMN step TEXT NOT NULL DEFAULT '';{{end}}
{{if .Lacks "conversations" "waits_since"}}ALTER TABLE conversations ADD COLUMN waits_since {{.Time}};{{end}}
{{if .Lacks "conversations" "staff_at"}}ALTER TABLE conversations ADD COLUMN staff_at {{.Time}};{{end}}
{{if .Lacks "conversations" "live_id"}}ALTER TABLE conversations ADD COLUMN live_id BIGINT;{{end}}
{{if .Lacks "conversations" "live_since"}}ALTER TABLE conversations ADD COLUMN live_since {{.Time}};{{end}}
{{if .Lacks "conversations" "live_at"}}ALTER TABLE conversations ADD COLUMN live_at {{.Time}};{{end}}
{{if .Lacks "conversations" "closed_at"}}ALTER TABLE conversations ADD COLUMN closed_at {{.Time}};{{end}}
{{if .Lacks "conversations" "last_user_id"}}ALTER TABLE conversations ADD COLUMN last_user_id BIGINT;{{end}}
CREATE INDEX IF NOT EXISTS conversations_person ON conversations (assignee_id) WHERE status IN ('waiting', 'handed_off');
CREATE INDEX IF NOT EXISTS conversations_status ON conversations (status, waits_since) WHERE status IN ('waiting', 'handed_off');
{{if .Lacks "messages" "label"}}ALTER TABLE messages ADD COLUMN label TEXT NOT NULL DEFAULT '';{{end}}
{{if .Lacks "messages" "thread_id"}}ALTER TABLE messages ADD COLUMN thread_id BIGINT;{{end}}
{{if .Lacks "messages" "muted"}}ALTER TABLE messages ADD COLUMN muted BOOLEAN NOT NULL DEFAULT FALSE;{{end}}
CREATE INDEX IF NOT EXISTS messages_label ON messages (conversation_id, label) WHERE label <> '';
{{if .Lacks "identities" "blocked_at"}}ALTER TABLE identities ADD COLUMN blocked_at {{.Time}};{{end}}
{{if .Lacks "identities" "muted_until"}}ALTER TABLE identities ADD COLUMN muted_until {{.Time}};{{end}}
{{if .Lacks "users" "away_at"}}ALTER TABLE users ADD COLUMN away_at {{.Time}};{{end}}
