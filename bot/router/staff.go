package router

import (
	"context"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// answerSoon is how long a question in a group waits for a plain answer.
const answerSoon = 10 * time.Minute

// staffPlace is step 2: groups and threads, and strangers where staff work. In
// a thread about a customer a line is a note, or goes to him (see rules). In any
// other group only what is addressed to us is for us; the rest is kept as a
// note. The answer to what we have just asked somebody needs no mention there.
func (r *Router) staffPlace(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Thread != nil {
		if reply, done, err := r.inThread(ctx, t); done || err != nil {
			return reply, done, err
		}
	} else if t.Staff() && r.isHub(t) && r.forCustomer(t.text) {
		return &bot.Reply{Text: t.Words.T("thread.outside"), Private: true}, true, nil
	} else if !t.addressed() {
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

// isHub says whether this is a chat in which threads are opened, beside them.
func (r *Router) isHub(t *turn) bool {
	a := t.Inbound.Address
	a.Topic = ""
	return slices.ContainsFunc(r.company.Threads, func(p bot.ThreadPlace) bool { return p.Address() == a })
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
