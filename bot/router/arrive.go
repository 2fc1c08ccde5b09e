package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// arrive answers what is no message: somebody opened the chat, scanned a code,
// shared his number, a notice of ours. What is kept beside the messages (a
// reaction, a goodbye) needs no answer, and a kind nobody knows yet neither.
func (r *Router) arrive(ctx context.Context, t *turn) (*bot.Reply, error) {
	switch t.Inbound.Kind {
	case bot.KindSystem:
		name, rest, _ := strings.Cut(t.Inbound.Action, " ")
		switch name {
		case "burst":
			return r.burst(ctx, t, strings.TrimSpace(rest))
		case "form.idle":
			return r.idle(ctx, t, strings.TrimSpace(rest))
		case "assist.found", "assist.late":
			return r.assisted(ctx, t, name == "assist.found", rest)
		}
		return r.press(ctx, t, t.Inbound.Action)
	case bot.KindFollow:
		return r.welcome(ctx, t)
	case bot.KindScan:
		return nil, r.cameFrom(ctx, t)
	case bot.KindContact:
		reply, err := r.shared(ctx, t)
		if t.handedOff() {
			reply = nil
		}
		return reply, err
	case bot.KindNote:
		return nil, relay.Show(ctx, t.Request)
	case bot.KindEdit, bot.KindDelete:
		return r.revised(ctx, t)
	case bot.KindHome:
		return nil, r.home(ctx, t)
	case bot.KindConsent:
		return nil, r.consent(ctx, t)
	case bot.KindDesk:
		return nil, r.desk(ctx, t)
	}
	return nil, nil
}

// arrival is what arrive did, as it is counted where no command did more.
func arrival(in *bot.Inbound) string {
	name, _, _ := strings.Cut(in.Action, " ")
	switch {
	case in.Kind != bot.KindSystem:
		return string(in.Kind)
	case name == "burst", name == "form.idle", name == "assist.found", name == "assist.late":
		return name
	}
	return string(bot.KindSystem)
}

// seen has what we say to a customer shown in the threads too, whatever made us
// say it.
func (r *Router) seen(ctx context.Context, t *turn, reply *bot.Reply) error {
	c := t.Conversation
	if len(r.company.Threads) == 0 || c == nil || !c.Direct || c.Audience != crm.AudienceCustomers ||
		reply.Empty() && len(t.Effects().Posts) == 0 {
		return nil
	}
	return relay.Show(ctx, t.Request)
}

// revised is a message that was changed or taken back: of a customer it is so in
// the threads too, of a colleague in a thread it is so for the customer.
func (r *Router) revised(ctx context.Context, t *turn) (*bot.Reply, error) {
	switch {
	case t.Thread != nil:
		return relay.Revised(ctx, t.Request)
	case t.Staff() || t.Conversation.Audience != crm.AudienceCustomers:
		return nil, nil
	}
	return nil, relay.Changed(ctx, t.Request)
}

// welcome greets once on arrival and keeps where the person came from.
func (r *Router) welcome(ctx context.Context, t *turn) (*bot.Reply, error) {
	if t.Staff() {
		return bot.Text(t.Words.T("welcome.staff", "name", t.User.Name)), nil
	}
	if t.Conversation.Audience == crm.AudienceStaff {
		return r.stranger(t), nil
	}
	if err := r.cameFrom(ctx, t); err != nil {
		return nil, err
	}
	if t.Conversation.Status == crm.ConversationHandedOff {
		return nil, nil
	}
	if t.since("greeted", answerSoon) { // platforms tell of one arrival twice
		return nil, nil
	}
	help := r.customerHelp(t.Request)
	help.Text = t.Words.T("welcome.customer.nameless")
	if r.company.Name != "" {
		help.Text = t.Words.T("welcome.customer", "company", r.company.Name)
	}
	return help, nil
}

// cameFrom records the source behind a start payload, a scene or a page.
func (r *Router) cameFrom(ctx context.Context, t *turn) error {
	if t.Contact == nil || t.Inbound.Scene == "" {
		return nil
	}
	return t.CRM.Contacts.Arrive(ctx, t.Contact.ID, crm.Source{
		Name: customer.SourceOf(t.Inbound.Scene, r.company.Sources), Raw: t.Inbound.Scene, At: t.Now.UTC(),
	})
}

// shared is a number that the platform vouches for. A form that asks for it
// goes on.
func (r *Router) shared(ctx context.Context, t *turn) (*bot.Reply, error) {
	phone := t.Inbound.Values["phone"]
	if t.Contact == nil || phone == "" {
		return nil, nil
	}
	c, err := t.CRM.Contacts.Share(ctx, t.Contact.ID, phone)
	if err != nil {
		return nil, err
	}
	if name := strings.TrimSpace(t.Inbound.Values["name"]); name != "" && c.Name == "" {
		if c, err = t.CRM.Contacts.Introduce(ctx, c.ID, name); err != nil {
			return nil, err
		}
	}
	t.Contact = c
	if f := t.Session.Form; f != nil && r.commands[f.Command] != nil {
		for _, a := range r.commands[f.Command].Args {
			if a.Name == f.Asking && a.Type == bot.ArgPhone {
				return r.formAct(ctx, t, "form.answer", c.Phone)
			}
		}
	}
	return r.again(ctx, t, bot.Text(t.Words.T("contact.shared")))
}

// home publishes the page of somebody who works here: his day, or how he gets
// to be known.
func (r *Router) home(ctx context.Context, t *turn) error {
	home := r.commands["home"]
	if home == nil || !t.Features.Can(bot.OpHome) {
		return nil
	}
	var page *bot.Reply
	switch {
	case t.Staff():
		var err error
		if page, err = r.invoke(ctx, t, &call{command: home}); err != nil {
			return err
		}
	case t.Conversation.Audience == crm.AudienceStaff:
		page = r.stranger(t)
	default:
		return nil
	}
	t.Post(bot.Post{Reply: page, Op: bot.OpHome, For: t.Inbound.Sender.ID})
	return nil
}
