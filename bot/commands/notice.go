package commands

import (
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/crm"
)

// notices are what somebody is told in his own chat without asking. Each runs
// as the person it is for, at the moment he gets it: what is no longer true
// then is not said.
func notices() []bot.Command {
	hidden := staff(
		bot.Command{Name: "notice.lead.new", Subject: crm.KindLead, Run: noticeLead("notice.lead.new")},
		bot.Command{Name: "notice.lead.joined", Subject: crm.KindLead, Run: noticeLead("notice.lead.joined")},
		bot.Command{Name: "notice.lead.assigned", Subject: crm.KindLead, Run: noticeLead("notice.lead.assigned")},
		bot.Command{Name: "notice.deal.assigned", Subject: crm.KindOpportunity, Run: noticeDeal},
		bot.Command{Name: "notice.ticket.new", Subject: crm.KindTicket, Run: noticeTicket("notice.ticket.new")},
		bot.Command{Name: "notice.ticket.assigned", Subject: crm.KindTicket, Run: noticeTicket("notice.ticket.assigned")},
		bot.Command{Name: "notice.ticket.photo", Subject: crm.KindTicket, Run: noticePhoto, Args: []bot.Arg{
			{Name: "n", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "notice.ticket.unsolved", Subject: crm.KindTicket, Run: noticeTicket("notice.ticket.unsolved")},
		bot.Command{Name: "notice.contact.assigned", Subject: crm.KindContact, Run: noticeContact},
		bot.Command{Name: "notice.account.assigned", Subject: crm.KindAccount, Run: noticeAccount},
		bot.Command{Name: "notice.plan.due", Subject: crm.KindActivity, Run: noticePlan},
		bot.Command{Name: "notice.person.wanted", Subject: crm.KindContact, Run: noticePerson},
		bot.Command{Name: "notice.access.asked", Run: noticeAccess, Roles: admins, Args: []bot.Arg{
			{Name: "platform", Type: bot.ArgWord, Keyed: true},
			{Name: "install", Type: bot.ArgWord, Keyed: true},
			{Name: "sender", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "notice.access.granted", Run: noticeGranted},
		bot.Command{Name: "notice.unsent", Subject: crm.KindConversation, Run: noticeUnsent, Args: []bot.Arg{
			{Name: "why", Type: bot.ArgWord},
		}},
		bot.Command{Name: "notice.transfer.failed", Subject: crm.KindConversation, Run: noticeTransfer, Args: []bot.Arg{
			{Name: "why", Type: bot.ArgWord, Keyed: true},
		}},
	)
	hidden = append(hidden, staff(threadNotices()...)...)
	hidden = append(hidden, staff(articleNotices()...)...)
	for i := range hidden {
		hidden[i].Hidden, hidden[i].Run = true, told(hidden[i].Run)
	}
	return hidden
}

// told is a notice to somebody who still works here.
func told(run bot.Handler) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		if r.User == nil || !r.User.Active {
			return &bot.Reply{}, nil
		}
		return run(ctx, r)
	}
}

// still turns "not in sight any more" into silence.
func still(reply *bot.Reply, err error) (*bot.Reply, error) {
	switch crm.CodeOf(err) {
	case crm.CodeNotFound, crm.CodeForbidden:
		return &bot.Reply{}, nil
	}
	return reply, err
}

// headed puts the sentence of a notice over a card.
func headed(r *bot.Request, key string, reply *bot.Reply, err error, pairs ...any) (*bot.Reply, error) {
	if err != nil {
		return nil, err
	}
	reply.Text = capital(r.Words.T(key, pairs...))
	return reply, nil
}

// capital begins a sentence with a capital letter, whatever it begins with.
func capital(sentence string) string {
	i := strings.IndexFunc(sentence, func(x rune) bool { return x != '*' })
	if i < 0 {
		return sentence
	}
	first, size := utf8.DecodeRuneInString(sentence[i:])
	return sentence[:i] + string(unicode.ToUpper(first)) + sentence[i+size:]
}

func noticeLead(key string) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		l, err := r.CRM.Leads.Lead(ctx, r.Actor, subjectLead(r))
		if err != nil || l.OwnerID != r.Actor.User || !l.Open() {
			return still(&bot.Reply{}, err)
		}
		reply, err := leadCard(ctx, r, l)
		return headed(r, key, reply, err)
	}
}

func noticeDeal(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	o, err := r.CRM.Opportunities.Opportunity(ctx, r.Actor, subjectDeal(r))
	if err != nil || o.OwnerID != r.Actor.User || !o.Open() {
		return still(&bot.Reply{}, err)
	}
	reply, err := dealCard(ctx, r, o)
	return headed(r, "notice.deal.assigned", reply, err)
}

func noticeTicket(key string) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		t, err := r.CRM.Tickets.Ticket(ctx, r.Actor, subjectTicket(r))
		if err != nil || t.OwnerID != r.Actor.User || !t.Open() {
			return still(&bot.Reply{}, err)
		}
		reply, err := ticketCard(ctx, r, t)
		return headed(r, key, reply, err)
	}
}

// noticePhoto tells of one photo, or of as many as came together.
func noticePhoto(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	const key = "notice.ticket.photo"
	reply, err := noticeTicket(key)(ctx, r)
	if n, bad := strconv.Atoi(r.Args.String("n")); bad == nil && !reply.Empty() {
		reply.Text = r.Words.N(key, n)
	}
	return reply, err
}

func noticeContact(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.CRM.Contacts.Contact(ctx, r.Actor, subjectContact(r))
	if err != nil || c.OwnerID != r.Actor.User {
		return still(&bot.Reply{}, err)
	}
	reply, err := contactCard(ctx, r, c)
	return headed(r, "notice.contact.assigned", reply, err)
}

func noticeAccount(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Accounts.Account(ctx, r.Actor, subjectAccount(r))
	if err != nil || a.OwnerID != r.Actor.User {
		return still(&bot.Reply{}, err)
	}
	reply, err := accountShow(ctx, r)
	return headed(r, "notice.account.assigned", reply, err)
}

// noticePlan reminds of a plan, unless it was done, moved or given away.
func noticePlan(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Activities.Activity(ctx, r.Actor, subjectActivity(r))
	if err != nil || a.OwnerID != r.Actor.User || !a.DoneAt.IsZero() || a.DueAt.After(r.Now) {
		return still(&bot.Reply{}, err)
	}
	return headed(r, "notice.plan.due", activityCard(ctx, r, a, r.Words.Moment(a.DueAt, r.Now)), nil)
}

// noticePerson says that a customer asks for a person, with the ticket that
// keeps the wish.
func noticePerson(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.CRM.Contacts.Contact(ctx, r.Actor, subjectContact(r))
	if err != nil {
		return still(nil, err)
	}
	reply, err := contactCard(ctx, r, c)
	if err != nil {
		return nil, err
	}
	asked, _, err := r.CRM.Tickets.List(ctx, r.Actor, crm.TicketFilter{
		Owner: r.Actor.User, Contact: c.ID, Open: true, Page: crm.Page{Limit: 1},
	})
	for _, t := range asked {
		solve := press(r, "solve", "ticket.solve "+t.Ref().String())
		reply.Cards[0].Buttons = append([]bot.Button{solve}, reply.Cards[0].Buttons...)
		talk, err := r.Store.Conversation(ctx, t.ConversationID)
		if t.ConversationID == 0 || err != nil || talk.Status != crm.ConversationWaiting {
			continue
		}
		ref := talk.Ref().String()
		reply.Cards[0].Buttons = append([]bot.Button{
			press(r, "conversation.take", "conversation.take "+ref), press(r, "conversation.reply", "conversation.reply "+ref),
		}, reply.Cards[0].Buttons...)
	}
	return headed(r, "notice.person.wanted", reply, err, "name", r.Words.Someone(c.Name))
}

// noticeAccess asks an admin whether somebody may come in, unless that is
// decided.
func noticeAccess(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, err := r.Store.Identities(ctx, []crm.IdentityKey{{
		Platform: r.Args.String("platform"), Install: r.Args.String("install"), Sender: r.Args.String("sender"),
	}})
	if err != nil || len(found) == 0 || found[0].UserID != 0 {
		return &bot.Reply{}, err
	}
	who := found[0]
	reply := bot.Text(r.Words.T("notice.access.asked", "name", r.Words.Called(who.Name),
		"platform", r.Company.PlatformName(who.Platform, r.Words.Lang())))
	for _, role := range []crm.Role{crm.RoleSales, crm.RoleService, crm.RoleManager} {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: r.Words.Label("access.as", "role", choiceName(r, "role", string(role))),
			Action: "access.grant " + pair("identity", strconv.FormatInt(int64(who.ID), 10)) +
				" " + pair("role", string(role)),
			Once: true,
		})
	}
	return reply, nil
}

// noticeGranted welcomes somebody whom an admin let in.
func noticeGranted(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	if !r.User.Named() {
		return bot.Text(r.Words.T("notice.access.nameless", "role", choiceName(r, "role", string(r.User.Role)))), nil
	}
	return bot.Text(r.Words.T("notice.access.granted", "user", r.User.Name,
		"role", choiceName(r, "role", string(r.User.Role)))), nil
}

// noticeUnsent says that a colleague's words have not reached a customer, why,
// and what becomes of them.
func noticeUnsent(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.Store.Conversation(ctx, crm.ConversationID(r.Args.Subject.ID))
	if err != nil {
		return still(nil, err)
	}
	key := "unsent." + r.Args.String("why")
	if !r.Words.Has(key) {
		key = "unsent.failed"
	}
	of, err := r.CRM.Contacts.Contact(ctx, r.Actor, c.ContactID)
	if err != nil {
		of = &crm.Contact{}
	}
	reply := bot.Text(capital(r.Words.T(key, "name", r.Words.Someone(of.Name),
		"platform", r.Company.PlatformName(c.Platform, r.Words.Lang()))))
	if c.ContactID != 0 {
		reply.Buttons = []bot.Button{{Label: c.ContactID.String(), Action: "contact.show " + c.ContactID.String()}}
	}
	return reply, nil
}
