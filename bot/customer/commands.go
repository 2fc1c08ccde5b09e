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
			{Name: "question", Type: bot.ArgText, Keyed: true},
			{Name: "need", Type: bot.ArgText, Need: bot.Required, Read: readNeed},
			{Name: "quantity", Type: bot.ArgText, Need: bot.Asked, Known: quantityIn, Read: readQuantity},
			{Name: "name", Type: bot.ArgText, Need: bot.Asked, Known: knownName, Read: readName},
			{Name: "phone", Type: bot.ArgPhone, Need: bot.Asked, Known: knownPhone, Read: readPhone},
			{Name: "company", Type: bot.ArgText, Need: bot.Asked, Known: knownCompany, Read: readCompany},
			{Name: "via", Type: bot.ArgText, Keyed: true},
		}},
		{Name: "trouble", Idle: true, Run: reportTrouble, Args: []bot.Arg{
			{Name: "kind", Type: bot.ArgChoice, Need: bot.Required, Choices: troubleKinds(), Read: readKind},
			{Name: "asked", Type: bot.ArgWord, Keyed: true},
			{Name: "text", Type: bot.ArgText, Need: bot.Required, Known: lastQuestion},
			{Name: "order", Type: bot.ArgText, Need: bot.Asked, Known: noOrder},
			{Name: "question", Type: bot.ArgText, Keyed: true},
		}},
		{Name: "person", Run: person, Args: keyed("key")},
		{Name: "progress", Run: progress, Args: []bot.Arg{{Name: "ref", Type: bot.ArgWord, Keyed: true}}},
		{Name: "stop", Run: stop},
		{Name: "start", Run: start},
		{Name: "notify", Run: notify},
		{Name: "notify.off", Run: notifyOff},
		{Name: "article", Hidden: true, Run: article, Subject: crm.KindArticle, Args: keyed("key")},
		{Name: "none", Hidden: true, Run: none, Args: keyed("key")},
		{Name: "solved", Hidden: true, Run: helped, Args: keyed("key")},
		{Name: "order", Hidden: true, Run: order},
		{Name: "photo", Hidden: true, Run: photo},
		{Name: "ticket.answered", Hidden: true, Run: answered, Subject: crm.KindTicket},
		{Name: "desk.transfer", Hidden: true, Run: transfer, Args: keyed("by")},
		{Name: "desk.failed", Hidden: true, Run: transferFailed, Args: keyed("by", "was", "assignee", "why")},
		{Name: "unsolved", Hidden: true, Run: unsolved, Subject: crm.KindTicket, Args: []bot.Arg{{Name: "text", Type: bot.ArgText}}},
		{Name: "ticket.told", Hidden: true, Run: solved, Subject: crm.KindTicket},
		{Name: "survey.ask", Hidden: true, Run: askSurvey, Args: keyed("user")},
		{Name: "survey.rate", Hidden: true, Run: rate, Args: keyed("survey", "rating")},
		{Name: "survey.comment", Hidden: true, Run: comment, Args: append(keyed("survey"), bot.Arg{Name: "text", Type: bot.ArgText})},
		{Name: "survey.skip", Hidden: true, Run: skipComment},
	}
	for i := range commands {
		commands[i].For = crm.AudienceCustomers
	}
	return commands
}

// keyed are arguments that our own lines give by name.
func keyed(names ...string) []bot.Arg {
	var args []bot.Arg
	for _, n := range names {
		args = append(args, bot.Arg{Name: n, Type: bot.ArgWord, Keyed: true})
	}
	return args
}

func troubleKinds() []string {
	return []string{
		string(crm.TicketComplaint), string(crm.TicketReturn), string(crm.TicketRepair), string(crm.TicketQuestion),
	}
}

// MessageLine is the line of a button that leaves a message: the question that
// was asked last, if there is one.
const MessageLine = "trouble kind=question asked=yes"

// order is a question about an order, which only a person can answer.
func order(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	r.Session.Asked = short(r.Inbound.Text)
	r.Session.Changed()
	return none(ctx, r)
}
