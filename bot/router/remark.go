package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
)

// remark offers to keep what was said behind a reference as a note about it:
// "LEAD-1 sample sent", "张伟 今天没人接" without a colon is no command, and
// nearly always that.
func (r *Router) remark(ctx context.Context, t *turn) []bot.Button {
	note := r.commands["note"]
	if note == nil {
		return nil
	}
	ref, rest := "", ""
	if m, ok := r.matcher.Match(t.text); !ok {
		ref, rest = r.about(ctx, t, note.Subjects)
	} else if m.Name == "" && slices.Contains(note.Subjects, m.Subject.Kind) {
		ref, rest = m.Subject.String(), strings.TrimSpace(m.Rest)
	}
	if ref == "" || rest == "" {
		return nil
	}
	return []bot.Button{{
		Label:  t.Words.Label("unknown.note", "ref", ref),
		Action: note.Name + " " + quoted(ref) + " " + pair("body", rest), Once: true,
	}}
}
