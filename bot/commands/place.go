package commands

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// places are the commands about where colleagues work.
func places() []bot.Command {
	return staff(
		bot.Command{Name: "page", Run: staffPage},
		bot.Command{Name: "where", Roles: admins, Run: where},
	)
}

// staffPage signs its author in to the page where customers are answered in the
// browser, by a link that works once.
func staffPage(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Company.Page == "" {
		return bot.Text(r.Words.T("page.none")), nil
	}
	code, err := r.CRM.Users.NewCode(ctx, r.Actor, r.Actor.User)
	if err != nil {
		return nil, err
	}
	reply := private(r.Words.T("page.link"))
	reply.Buttons = []bot.Button{{Label: r.Words.Label("button.page"), URL: r.Company.Page + "#code=" + code}}
	return reply, nil
}

// where says how the config names this chat, so that threads can be opened in
// it.
func where(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	a := r.Inbound.Address
	if r.Inbound.Direct {
		return bot.Text(r.Words.T("where.direct")), nil
	}
	place := string(a.Platform) + ":" + string(a.Install) + "/" + string(a.Chat)
	for _, p := range r.Company.Threads {
		if p.Platform == a.Platform && p.Install == a.Install && p.Chat == a.Chat {
			return private(r.Words.T("where.known", "place", markup.Text(place))), nil
		}
	}
	return private(r.Words.T("where.title") + "\n`threads:`\n`  - place: " + place + "`"), nil
}
