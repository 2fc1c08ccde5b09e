package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// A platform may have a desk of its own, where colleagues answer in the
// platform's app. A chat can be given to it, and is back when they end it
// there; meanwhile nothing can be sent from here.

// transfers are the commands that give a chat away.
func transfers() []bot.Command {
	return staff(bot.Command{Name: "contact.transfer", Subject: crm.KindContact, Run: transfer, Args: []bot.Arg{
		{Name: "platform", Type: bot.ArgText},
	}})
}

// transfer gives a contact's chat to the desk of its platform. Only the
// conversation's own events change it and speak there, so it gets one.
func transfer(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	c, err := r.CRM.Contacts.Contact(ctx, r.Actor, subjectContact(r))
	if err != nil {
		return nil, err
	}
	chats, err := deskChats(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	asked := strings.TrimSpace(r.Args.String("platform"))
	var chat *crm.Conversation
	for _, x := range chats {
		if asked != "" && !names(r, x.Platform, asked) {
			continue
		}
		if chat == nil || atDesk(r, chat) || !atDesk(r, x) && x.LastInAt.After(chat.LastInAt) {
			chat = x
		}
	}
	name := r.Words.Someone(c.Name)
	if chat == nil {
		return bot.Text(capital(r.Words.T("transfer.none", "name", name))), nil
	}
	platform := r.Company.PlatformName(chat.Platform, r.Words.Lang())
	if atDesk(r, chat) {
		return bot.Text(capital(r.Words.T("why.desk", "name", name, "platform", platform))), nil
	}
	sender, err := sits(ctx, r, c.ID, chat)
	if err != nil {
		return nil, err
	}
	in := eventOf(r, chat, sender)
	in.Action = fmt.Sprintf("desk.transfer by=%d", r.Actor.User)
	r.Deliver(in, time.Time{})
	return bot.Text(capital(r.Words.T("transfer.done", "name", name, "platform", platform))), nil
}

// names says whether a text names a platform, by its key or what people call it
// in any language.
func names(r *bot.Request, platform, text string) bool {
	if text == platform {
		return true
	}
	for _, name := range r.Company.Platforms[platform] {
		if name != "" && strings.Contains(strings.ToLower(text), strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// deskChats are a contact's own chats on platforms with a desk.
func deskChats(ctx context.Context, r *bot.Request, id crm.ContactID) ([]*crm.Conversation, error) {
	all, err := r.Store.ConversationsOf(ctx, id, 0)
	var chats []*crm.Conversation
	for _, c := range all {
		if !c.Direct || c.Audience != crm.AudienceCustomers || !r.Company.Desks[c.Platform] {
			continue
		}
		sender, wrong := sits(ctx, r, id, c)
		if wrong != nil {
			return nil, wrong
		}
		if sender.ID != "" {
			chats = append(chats, c)
		}
	}
	return chats, err
}

// atDesk says whether the desk of its platform has a chat: somebody is in
// charge there, and none of those whom we know.
func atDesk(r *bot.Request, c *crm.Conversation) bool {
	return r.Company.Desks[c.Platform] && c.Status == crm.ConversationHandedOff && c.AssigneeID == 0
}

// chats adds the buttons that give a chat to its platform's desk, and says of
// each what still works where not everything does.
func (c *card) chats(ctx context.Context, of *crm.Contact) error {
	found, err := deskChats(ctx, c.r, of.ID)
	if err != nil {
		return err
	}
	var lines []string
	for _, chat := range found {
		platform := c.r.Company.PlatformName(chat.Platform, c.r.Words.Lang())
		if atDesk(c.r, chat) {
			lines = append(lines, c.r.Words.Label("why.desk", "name", c.r.Words.Someone(of.Name), "platform", platform))
			continue
		}
		c.Buttons = append(c.Buttons, bot.Button{
			Label:  c.r.Words.Label("button.transfer", "platform", platform),
			Action: "contact.transfer " + of.Ref().String() + " " + pair("platform", chat.Platform), Once: true,
		})
	}
	if len(lines) == 0 {
		lines, err = c.unsent(ctx, of)
	}
	c.field("chat", strings.Join(lines, " "))
	return err
}

// unsent says why the last words to a contact were not sent, and what still
// works, if it was for a reason that lasts.
func (c *card) unsent(ctx context.Context, of *crm.Contact) ([]string, error) {
	r := c.r
	items, err := r.CRM.Contacts.Timeline(ctx, r.Actor, of.ID, timelineItems)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		if i.Message == nil || i.Message.Kind == string(bot.KindDesk) {
			continue
		}
		if i.Message.Direction == crm.In {
			return nil, nil // he has written since
		}
		parts, err := r.Store.Parts(ctx, []crm.MessageID{i.Message.ID})
		if err != nil || len(parts) == 0 {
			return nil, err
		}
		key := "why." + parts[0].Error
		chat, err := r.Store.Conversation(ctx, i.Message.ConversationID)
		if err != nil || parts[0].State != crm.DeliveryFailed || !r.Words.Has(key) {
			return nil, err
		}
		return []string{r.Words.Label(key, "name", r.Words.Someone(of.Name),
			"platform", r.Company.PlatformName(chat.Platform, r.Words.Lang()))}, nil
	}
	return nil, nil
}

// untold says that the customer of a ticket hears nothing of it from us, because
// his chat is at the desk of its platform; "" where he does.
func untold(ctx context.Context, r *bot.Request, t *crm.Ticket) string {
	if t.ConversationID == 0 {
		return ""
	}
	chat, err := r.Store.Conversation(ctx, t.ConversationID)
	if err != nil || !atDesk(r, chat) {
		return ""
	}
	return "\n" + capital(r.Words.T("ticket.untold", "name", r.Words.Someone(contactName(ctx, r, t.ContactID)),
		"platform", r.Company.PlatformName(chat.Platform, r.Words.Lang())))
}

// noticeTransfer says that a chat could not be given to its platform's desk,
// and why.
func noticeTransfer(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	chat, err := r.Store.Conversation(ctx, crm.ConversationID(r.Args.Subject.ID))
	if err != nil {
		return still(nil, err)
	}
	c, err := r.CRM.Contacts.Contact(ctx, r.Actor, chat.ContactID)
	if err != nil {
		return still(nil, err)
	}
	pairs := []any{"name", r.Words.Someone(c.Name), "platform", r.Company.PlatformName(chat.Platform, r.Words.Lang())}
	text := r.Words.T("transfer.failed", pairs...)
	if key := "why." + r.Args.String("why"); r.Words.Has(key) {
		text += "\n" + capital(r.Words.T(key, pairs...))
	}
	return &bot.Reply{Text: capital(text), Buttons: []bot.Button{
		{Label: c.ID.String(), Action: "contact.show " + c.ID.String()},
	}}, nil
}
