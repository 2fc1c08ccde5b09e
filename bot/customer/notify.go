package customer

import (
	"context"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// A platform may let us write for a while only. Whoever agreed to it is told
// outside the chat then that an answer waits here. He is asked once, where it
// matters to him: when somebody is to answer him later.

// notifyAsked is where a session keeps when the question was put.
const notifyAsked = "notify.asked"

// offerNotices puts the question under a reply that promises an answer.
func offerNotices(r *bot.Request, reply *bot.Reply) *bot.Reply {
	if reply == nil || r.Identity == nil || !r.Features.Can(bot.OpNudge) || !unasked(r) {
		return reply
	}
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	r.Session.Values[notifyAsked] = r.Now.UTC().Format(time.RFC3339)
	r.Session.Changed()
	reply.Text = strings.TrimSpace(reply.Text + "\n\n" + r.Words.T("notify.ask"))
	reply.Buttons = append(reply.Buttons,
		bot.Button{Label: r.Words.Label("button.notify.yes"), Action: "notify"},
		bot.Button{Label: r.Words.Label("button.notify.no"), Action: "notify.off"},
	)
	return reply
}

// unasked says whether the person has not been asked and has not said anything
// about notices.
func unasked(r *bot.Request) bool {
	return r.Identity.NoticesAt.IsZero() && r.Identity.NoticesOff.IsZero() && r.Session.Values[notifyAsked] == ""
}

// Consent keeps whether the person agreed to notices.
func Consent(ctx context.Context, r *bot.Request, yes bool) error {
	if r.Identity == nil {
		return nil
	}
	id, err := r.Store.UpdateIdentity(ctx, r.Identity.ID, func(i *crm.Identity) error {
		if yes {
			i.NoticesAt = r.Now.UTC()
		} else {
			i.NoticesOff = r.Now.UTC()
		}
		return nil
	})
	if err == nil {
		*r.Identity = *id
	}
	return err
}

// notify is the wish to be told. Where we may always write, the answer itself
// is the notice.
func notify(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if !r.Features.Can(bot.OpNudge) {
		return bot.Text(r.Words.T("notify.here")), nil
	}
	return bot.Text(r.Words.T("notify.on")), Consent(ctx, r, true)
}

// notifyOff is the wish not to be.
func notifyOff(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return bot.Text(r.Words.T("notify.off")), Consent(ctx, r, false)
}

// AnswersNotices is the command that a yes or no means, right after the
// question about notices; "" if it was not put lately.
func AnswersNotices(r *bot.Request, yes bool) string {
	at, err := time.Parse(time.RFC3339, r.Session.Values[notifyAsked])
	if err != nil || r.Now.Sub(at) > 10*time.Minute || !r.Identity.NoticesAt.IsZero() || !r.Identity.NoticesOff.IsZero() {
		return ""
	}
	if yes {
		return "notify"
	}
	return "notify.off"
}
