package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

var (
	ticketKinds = []string{
		string(crm.TicketQuestion), string(crm.TicketRepair), string(crm.TicketReturn), string(crm.TicketComplaint),
	}
	priorities = []string{
		string(crm.PriorityLow), string(crm.PriorityNormal), string(crm.PriorityHigh), string(crm.PriorityUrgent),
	}
)

// tickets are the commands about requests for help.
func tickets() []bot.Command {
	ticket := crm.KindTicket
	return staff(
		bot.Command{Name: "ticket.new", Run: ticketNew, Args: []bot.Arg{
			{Name: "account", Type: bot.ArgRef, Kinds: anybody, Fresh: true, Need: bot.Asked},
			{Name: "kind", Type: bot.ArgChoice, Choices: ticketKinds},
			{Name: "priority", Type: bot.ArgChoice, Choices: priorities, Keyed: true},
			{Name: "body", Type: bot.ArgText, Need: bot.Required},
			author, linked,
		}},
		bot.Command{Name: "ticket.show", Query: true, Subject: ticket, Run: ticketShow},
		bot.Command{Name: "ticket.mine", Query: true, Args: []bot.Arg{paged}, Run: ticketMine},
		bot.Command{Name: "ticket.assign", Subject: ticket, Run: ticketAssign, Args: []bot.Arg{
			{Name: "to", Type: bot.ArgUser, Need: bot.Required},
		}},
		bot.Command{Name: "ticket.priority", Subject: ticket, Run: ticketPriority, Args: []bot.Arg{
			{Name: "priority", Type: bot.ArgChoice, Choices: priorities, Need: bot.Required},
		}},
		bot.Command{Name: "ticket.due", Subject: ticket, Run: ticketDue, Args: []bot.Arg{
			{Name: "due", Type: bot.ArgMoment, Need: bot.Required},
		}},
		bot.Command{Name: "ticket.solve", Subject: ticket, Run: ticketSolve, Args: []bot.Arg{
			{Name: "solution", Type: bot.ArgText, Need: bot.Asked},
		}},
		bot.Command{Name: "ticket.close", Subject: ticket, Run: ticketClose},
		bot.Command{Name: "ticket.reopen", Subject: ticket, Run: ticketReopen},
	)
}

func subjectTicket(r *bot.Request) crm.TicketID { return crm.TicketID(r.Args.Subject.ID) }

func ticketTitle(t *crm.Ticket) string { return titled(t.Ref(), t.Title) }

func ticketNew(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	ctx = together(ctx, r)
	t := &crm.Ticket{
		Kind:     crm.TicketKind(r.Args.String("kind")),
		Body:     withLink(r, r.Args.String("body")),
		Priority: crm.Priority(r.Args.String("priority")),
	}
	about, made, err := customerOf(ctx, r, "account")
	if err != nil {
		return nil, err
	}
	t.AccountID, t.ContactID = about.AccountID, about.ContactID
	if err := r.CRM.Tickets.Create(ctx, r.Actor, t); err != nil {
		return nil, err
	}
	assigned(r, t.OwnerID, "notice.ticket.new", t.Ref())
	text := r.Words.T("ticket.created", "ticket", ticketTitle(t), "owner", ownerName(ctx, r, t.OwnerID),
		"due", r.Words.Moment(t.DueAt, r.Now))
	ref := t.Ref().String()
	return changed(r, t.Ref(), t.Version, text+made,
		press(r, "assign", "ticket.assign "+ref), press(r, "solve", "ticket.solve "+ref)), nil
}

func ticketShow(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Ticket(ctx, r.Actor, subjectTicket(r))
	if err != nil {
		return nil, err
	}
	return ticketCard(ctx, r, t)
}

func ticketCard(ctx context.Context, r *bot.Request, t *crm.Ticket) (*bot.Reply, error) {
	c := newCard(r, t.Ref(), t.Title)
	c.Subtitle = joined(choiceName(r, "kind", string(t.Kind)), r.Words.Label("ticket.status."+string(t.Status)))
	c.field("body", besideTitle(t))
	c.field("priority", choiceName(r, "priority", string(t.Priority)))
	if t.Open() && !t.DueAt.IsZero() {
		c.field("deadline", dueWords(r, t.DueAt))
	}
	c.field("account", withName(t.AccountID.String(), accountName(ctx, r, t.AccountID)))
	c.field("contact", withName(t.ContactID.String(), contactName(ctx, r, t.ContactID)))
	c.field("owner", ownerName(ctx, r, t.OwnerID))
	c.field("solution", t.Solution)
	c.field("created", r.Words.Moment(t.Created, r.Now))
	if err := c.recent(ctx, t.Ref()); err != nil {
		return nil, err
	}
	ref := t.Ref().String()
	if t.Open() {
		c.button("solve", "ticket.solve "+ref)
		c.button("assign", "ticket.assign "+ref)
		c.button("priority", "ticket.priority "+ref)
	} else {
		c.button("reopen", "ticket.reopen "+ref)
	}
	if t.Status == crm.TicketSolved {
		c.button("close", "ticket.close "+ref)
	}
	c.button("note", "note "+ref)
	return c.reply(), nil
}

// besideTitle is what a ticket's text says that its title does not, on one line.
func besideTitle(t *crm.Ticket) string {
	first, rest, _ := strings.Cut(t.Body, "\n")
	if first == t.Title {
		first = ""
	}
	lines := append([]string{first}, strings.Split(rest, "\n")...)
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	return cut(strings.Join(lines, " / "), 500)
}

func ticketMine(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, total, err := r.CRM.Tickets.List(ctx, r.Actor,
		crm.TicketFilter{Owner: r.Actor.User, Open: true, Page: page(r)})
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, t := range found {
		rows = append(rows, ticketRow(r, t))
	}
	return list(r, "ticket.mine", rows, total), nil
}

func ticketRow(r *bot.Request, t *crm.Ticket) string {
	due := ""
	if !t.DueAt.IsZero() {
		due = dueWords(r, t.DueAt)
	}
	return entry(t.Ref(), t.Title, choiceName(r, "kind", string(t.Kind)),
		choiceName(r, "priority", string(t.Priority)), due)
}

func ticketAssign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Assign(ctx, r.Actor, subjectTicket(r), r.Args.User("to"))
	if err != nil {
		return nil, err
	}
	assigned(r, t.OwnerID, "notice.ticket.assigned", t.Ref())
	return changed(r, t.Ref(), t.Version,
		r.Words.T("assigned", "record", ticketTitle(t), "user", userName(ctx, r, t.OwnerID))), nil
}

func ticketPriority(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Prioritise(ctx, r.Actor, subjectTicket(r), crm.Priority(r.Args.String("priority")))
	if err != nil {
		return nil, err
	}
	return changed(r, t.Ref(), t.Version, r.Words.T("ticket.prioritised", "ticket", ticketTitle(t),
		"priority", choiceName(r, "priority", string(t.Priority)), "due", r.Words.Moment(t.DueAt, r.Now))), nil
}

func ticketDue(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Due(ctx, r.Actor, subjectTicket(r), r.Args.Time("due"))
	if err != nil {
		return nil, err
	}
	return changed(r, t.Ref(), t.Version, r.Words.T("ticket.due", "ticket", ticketTitle(t),
		"due", r.Words.Moment(t.DueAt, r.Now))), nil
}

func ticketSolve(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Solve(ctx, r.Actor, subjectTicket(r), r.Args.String("solution"))
	if err == nil {
		err = answered(ctx, r, t, true)
	}
	if err != nil {
		return nil, err
	}
	return changed(r, t.Ref(), t.Version, r.Words.T("ticket.solved", "ticket", ticketTitle(t))+untold(ctx, r, t),
		press(r, "close", "ticket.close "+t.Ref().String())), nil
}

func ticketClose(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Close(ctx, r.Actor, subjectTicket(r))
	if err == nil {
		err = answered(ctx, r, t, t.SolvedAt.IsZero())
	}
	if err != nil {
		return nil, err
	}
	return changed(r, t.Ref(), t.Version, r.Words.T("ticket.closed", "ticket", ticketTitle(t))+untold(ctx, r, t)), nil
}

func ticketReopen(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.CRM.Tickets.Reopen(ctx, r.Actor, subjectTicket(r))
	if err != nil {
		return nil, err
	}
	return changed(r, t.Ref(), t.Version, r.Words.T("ticket.reopened", "ticket", ticketTitle(t))), nil
}

// toldAfter is how long a solved ticket may still be taken back before its
// customer is told.
const toldAfter = 30 * time.Second

// answered tells the conversation in which a ticket was reported that its
// customer waits no longer, and the customer that it is solved. Only the
// conversation's own events change it and speak there, so it gets them.
func answered(ctx context.Context, r *bot.Request, t *crm.Ticket, solved bool) error {
	if t.ConversationID == 0 {
		return nil
	}
	c, err := r.Store.Conversation(ctx, t.ConversationID)
	if err != nil {
		return err
	}
	sender, err := sits(ctx, r, t.ContactID, c)
	if err != nil || sender.ID == "" {
		return err
	}
	in := eventOf(r, c, sender)
	if c.Status == crm.ConversationWaiting {
		in.Action = "ticket.answered " + t.Ref().String()
		r.Deliver(in, time.Time{})
	}
	if solved {
		in.Action = "ticket.told " + t.Ref().String()
		r.Deliver(in, r.Now.UTC().Add(toldAfter))
	}
	return nil
}

// eventOf is an event of ours for a conversation, as of somebody in it.
func eventOf(r *bot.Request, c *crm.Conversation, sender bot.Sender) bot.Inbound {
	return bot.Inbound{
		V: bot.InboundVersion, Kind: bot.KindSystem, Direct: c.Direct, Sender: sender, At: r.Now.UTC(),
		Address: bot.Address{
			Platform: bot.Platform(c.Platform), Install: bot.Install(c.Install), Chat: bot.ChatID(c.Chat), Topic: bot.TopicID(c.Topic),
		},
	}
}

// sits is a contact as he writes in a conversation, nobody if he does not.
func sits(ctx context.Context, r *bot.Request, contact crm.ContactID, c *crm.Conversation) (bot.Sender, error) {
	if contact == 0 {
		return bot.Sender{}, nil
	}
	found, err := r.Store.IdentitiesOf(ctx, contact, 0)
	if err != nil {
		return bot.Sender{}, err
	}
	for _, id := range found {
		if id.Platform == c.Platform && id.Install == c.Install && id.GoneAt.IsZero() {
			return bot.Sender{ID: bot.SenderID(id.Sender), Name: id.Name, Language: id.Language, Chat: bot.ChatID(id.Chat)}, nil
		}
	}
	return bot.Sender{}, nil
}
