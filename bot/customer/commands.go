package customer

import (
	"context"

	"crmbot/bot"
	"crmbot/crm"
)

// All returns what customers can ask for.
func All() []bot.Command {
	commands := []bot.Command{
		{Name: "wish", Idle: true, Run: wish, Args: []bot.Arg{
			{Name: "need", Type: bot.ArgText, Need: bot.Required},
			{Name: "quantity", Type: bot.ArgText, Need: bot.Asked, Known: quantityIn},
			{Name: "phone", Type: bot.ArgPhone, Need: bot.Asked, Known: knownPhone},
			{Name: "company", Type: bot.ArgText, Need: bot.Asked, Known: knownCompany},
		}},
		{Name: "trouble", Idle: true, Run: reportTrouble, Args: []bot.Arg{
			{Name: "kind", Type: bot.ArgChoice, Need: bot.Required, Choices: []string{
				string(crm.TicketComplaint), string(crm.TicketReturn), string(crm.TicketRepair), string(crm.TicketQuestion),
			}},
			{Name: "text", Type: bot.ArgText, Need: bot.Required},
			{Name: "order", Type: bot.ArgText, Need: bot.Asked, Known: noOrder},
		}},
		{Name: "person", Run: person},
		{Name: "progress", Run: progress},
		{Name: "stop", Run: stop},
		{Name: "start", Run: start},
		{Name: "article", Hidden: true, Run: article, Subject: crm.KindArticle},
		{Name: "none", Hidden: true, Run: none},
	}
	for i := range commands {
		commands[i].For = crm.AudienceCustomers
	}
	return commands
}

// article shows what was suggested.
func article(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(r.Args.Subject.ID))
	if err != nil {
		return nil, err
	}
	if a.Status != crm.ArticlePublished {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone")
	}
	return bot.Text(a.Body), nil
}

// none is "none of these": nothing we know helps.
func none(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	return &bot.Reply{
		Text: r.Words.T("handoff.offer"),
		Buttons: []bot.Button{
			{Label: r.Words.Label("button.person"), Action: "person"},
			{Label: r.Words.Label("button.message"), Action: "trouble kind=question"},
		},
	}, nil
}
