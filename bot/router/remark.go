package router

import (
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// remark offers to keep what was said behind a reference as a note about it:
// "LEAD-1 sample sent" without a colon is no command, and nearly always that.
func (r *Router) remark(t *turn) []bot.Button {
	note := r.commands["note"]
	m, ok := r.matcher.Match(t.text)
	rest := strings.TrimSpace(m.Rest)
	if note == nil || !ok || m.Name != "" || m.Subject == (crm.Ref{}) || rest == "" {
		return nil
	}
	if !slices.Contains(note.Subjects, m.Subject.Kind) {
		return nil
	}
	ref := m.Subject.String()
	return []bot.Button{{
		Label:  t.Words.Label("unknown.note", "ref", ref),
		Action: note.Name + " " + ref + " " + pair("body", rest), Once: true,
	}}
}
