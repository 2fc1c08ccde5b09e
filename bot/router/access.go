package router

import (
	"context"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// access is a stranger's wish to be let in where staff work: every admin is
// asked, once a day.
func access(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.User != nil || r.Conversation.Audience != crm.AudienceStaff {
		return bot.Text(r.Words.T("access.needless")), nil
	}
	at, err := time.Parse(time.RFC3339, r.Session.Values["access"])
	if err == nil && r.Now.Sub(at) < 24*time.Hour {
		return &bot.Reply{Text: r.Words.T("access.waiting"), Private: true}, nil
	}
	admins, err := r.CRM.Users.Admins(ctx)
	if err != nil {
		return nil, err
	}
	if len(admins) == 0 {
		return &bot.Reply{Text: r.Words.T("access.nobody"), Private: true}, nil
	}
	for _, a := range admins {
		r.Tell(a.ID, "notice.access.asked "+pair("platform", r.Identity.Platform)+
			" "+pair("install", r.Identity.Install)+" "+pair("sender", r.Identity.Sender))
	}
	t := turn{Request: r}
	t.setValue("access", r.Now.UTC().Format(time.RFC3339))
	return &bot.Reply{Text: r.Words.T("access.asked"), Private: true}, nil
}
