package router

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// answerSoon is how long a question in a group waits for a plain answer.
const answerSoon = 10 * time.Minute

// staffPlace is step 2: groups and threads, and strangers where staff work. In
// a group only what is addressed to us is for us; the rest is kept as a note.
// The answer to what we have just asked somebody needs no mention.
func (r *Router) staffPlace(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if !t.addressed() {
		f := t.Session.Form
		if f == nil || t.Now.Sub(f.Asked) > answerSoon {
			return nil, true, nil
		}
		t.quiet = true
	}
	if t.Staff() || t.Conversation.Audience != crm.AudienceStaff {
		return nil, false, nil
	}
	if call, ok := r.typed(t, t.text); ok && strangers[call.command.Name] {
		reply, err := r.invoke(ctx, t, call)
		return reply, true, err
	}
	if reply, done, err := r.form(ctx, t); done || err != nil {
		return reply, done, err
	}
	return r.stranger(t), true, nil
}

// strangers are the commands of those we do not know.
var strangers = map[string]bool{"link": true, "access": true, "cancel": true}

// stranger is the answer to somebody we do not know where staff work.
func (r *Router) stranger(t *turn) *bot.Reply {
	if t.value("access") != "" {
		return &bot.Reply{Text: t.Words.T("access.waiting"), Private: true}
	}
	return &bot.Reply{
		Text: t.Words.T("access.unknown"), Private: true,
		Buttons: []bot.Button{{Label: t.Words.Label("access.button"), Action: "access", Once: true}},
	}
}
