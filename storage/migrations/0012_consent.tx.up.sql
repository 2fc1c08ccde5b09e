-- When a person last allowed and last forbade notices outside the chat. The
-- last line is for the second time, when there is nothing else to say.
{{if .Lacks "identities" "notices_at"}}ALTER TABLE identities ADD COLUMN notices_at {{.Time}};{{end}}
{{if .Lacks "identities" "notices_off"}}ALTER TABLE identities ADD COLUMN notices_off {{.Time}};{{end}}
UPDATE identities SET notices_at = NULL WHERE 1 = 0;
