package relay

import (
	"context"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// Card is the head card of the customer's conversation c in the words of r: who
// he is, how things stand, and what can be done.
func Card(ctx context.Context, r *bot.Request, c *crm.Conversation) (*bot.Reply, error) {
	of, err := customerOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	return of.card(ctx, r, r.Words)
}

// card is the card in some words.
func (of *customer) card(ctx context.Context, r *bot.Request, w *locale.Words) (*bot.Reply, error) {
	c := &card{of: of, r: r, w: w}
	c.Title = w.Called(of.contact.Name)
	if a := of.contact.AccountID; a != 0 {
		if account, err := r.Store.Account(ctx, a); err == nil {
			c.Title += " · " + account.Name
		}
	}
	c.Subtitle = c.under()
	for _, add := range []func(context.Context) error{c.business, c.people, c.talk, c.stands} {
		if err := add(ctx); err != nil {
			return nil, err
		}
	}
	c.buttons()
	return &bot.Reply{Cards: []bot.Card{c.Card}}, nil
}

// card is a head card that is being written.
type card struct {
	bot.Card
	of *customer
	r  *bot.Request
	w  *locale.Words
}

func (c *card) field(key, value string) {
	if value != "" {
		c.Fields = append(c.Fields, bot.Field{Name: c.w.Label("field." + key), Value: value})
	}
}

// under is where he writes, in which language, and how near he is to buying.
func (c *card) under() string {
	parts := []string{c.of.platform(c.r, c.w)}
	if lang := c.of.language(c.w); lang != "" {
		parts = append(parts, lang)
	}
	if words := c.w.List("intent." + string(c.of.contact.Intent)); len(words) > 1 {
		parts = append(parts, c.w.Label("field.intent")+" "+c.w.Label("intent.level", "level", words[0], "word", words[1]))
	}
	return strings.Join(parts, " · ")
}

// language is what the customer speaks, "" if nobody knows.
func (of *customer) language(w *locale.Words) string {
	lang := of.speaks()
	if lang == "" {
		return ""
	}
	return w.In(lang).Label("language.name")
}

// speaks is the customer's language, "" if nobody knows.
func (of *customer) speaks() string {
	if of.contact.Language != "" {
		return of.contact.Language
	}
	return of.Conversation.Language
}

// business is what he last bought or wants, and what is open.
func (c *card) business(ctx context.Context) error {
	id := c.of.contact.ID
	if id == 0 {
		return nil
	}
	if err := c.deal(ctx, id); err != nil {
		return err
	}
	open, total, err := c.r.Store.Tickets(ctx, crm.TicketFilter{
		Scope: crm.Everything(), Contact: id, Open: true, Page: crm.Page{Limit: 3},
	})
	if err != nil {
		return err
	}
	var rows []string
	for _, t := range open {
		rows = append(rows, t.Ref().String()+" "+clip(t.Title, 60))
	}
	if total > len(open) {
		rows = append(rows, "…")
	}
	c.field("tickets", strings.Join(rows, "\n"))
	return nil
}

// deal is his latest deal: of his own, else of his company.
func (c *card) deal(ctx context.Context, id crm.ContactID) error {
	filter := crm.OpportunityFilter{Scope: crm.Everything(), Contact: id, Page: crm.Page{Limit: 1}}
	deals, _, err := c.r.Store.Opportunities(ctx, filter)
	if a := c.of.contact.AccountID; err == nil && len(deals) == 0 && a != 0 {
		filter.Contact, filter.Account = 0, a
		deals, _, err = c.r.Store.Opportunities(ctx, filter)
	}
	for _, d := range deals {
		parts := []string{d.Ref().String(), clip(d.Name, 60)}
		if d.Amount.Minor != 0 {
			parts = append(parts, c.w.Money(d.Amount))
		}
		parts = append(parts, c.stage(d.Stage))
		c.field("deal", strings.Join(parts, " · "))
	}
	return err
}

func (c *card) stage(key string) string {
	for _, s := range c.r.Company.Stages {
		if s.Key != key {
			continue
		}
		for _, lang := range []string{c.w.Lang(), "en"} {
			if name := s.Names[lang]; name != "" {
				return name
			}
		}
	}
	return key
}

// people are who looks after him, and who answers now.
func (c *card) people(ctx context.Context) error {
	of := c.of
	if of.contact.OwnerID != 0 {
		c.field("owner", userName(ctx, c.r, of.contact.OwnerID))
	}
	switch {
	case of.atDesk(c.r):
		c.field("charge", c.w.Label("card.desk", "platform", of.platform(c.r, c.w)))
	case of.Status == crm.ConversationHandedOff:
		c.field("charge", userName(ctx, c.r, of.AssigneeID))
	case of.Status == crm.ConversationWaiting && of.AssigneeID != 0:
		c.field("called", userName(ctx, c.r, of.AssigneeID))
	case of.Status == crm.ConversationWaiting:
		c.field("called", c.w.Label("card.everybody"))
	default:
		c.field("charge", c.w.Label("card.bot"))
	}
	if of.Person() && len(of.Tried) > 1 {
		var names []string
		for _, id := range of.Tried {
			if id != of.AssigneeID {
				names = append(names, userName(ctx, c.r, id))
			}
		}
		c.field("tried", c.w.Enum(names))
	}
	if of.LiveID != 0 && !of.LiveSince.Before(c.r.Company.Started) {
		until := of.LiveSince
		if of.LiveAt.After(until) {
			until = of.LiveAt
		}
		until = until.Add(c.r.Company.Rules.Standard().LiveFor)
		c.field("live", c.w.Label("card.live", "user", userName(ctx, c.r, of.LiveID), "clock", c.w.Clock(until.In(c.r.Now.Location()))))
	}
	return nil
}

// talk is what he asked before a person came, and what the bot said to it.
func (c *card) talk(ctx context.Context) error {
	last, err := c.r.Store.Messages(ctx, c.of.ID, 0, -mostLines)
	if err != nil {
		return err
	}
	asked, answered, called, at := "", "", false, time.Time{}
	for _, m := range last {
		if m.Direction == crm.Out && m.AuthorKind == crm.AuthorUser && m.Received.After(c.of.ClosedAt) && asked != "" {
			break
		}
		switch {
		case m.Muted || !m.Deleted.IsZero() || m.Body == "" || changes(m) || m.Received.Before(c.of.ClosedAt):
		case m.Direction == crm.In && m.AuthorKind == crm.AuthorContact && m.Kind == string(bot.KindText):
			if called = c.phrase(m.Body); !called {
				asked, answered, at = clip(m.Body, 120), "", m.Received
			}
		case m.Direction == crm.Out && m.AuthorKind == crm.AuthorBot && m.Audience == crm.AudienceCustomer:
			if answered == "" && !called {
				answered = clip(m.Body, 120)
			}
		}
	}
	c.field("asked", asked)
	if asked == "" || answered == "" {
		return nil
	}
	if answered, err = c.from(ctx, answered, at); err != nil {
		return err
	}
	c.field("answered", answered)
	return nil
}

// from is an answer with the article that it was taken from, and the version of
// it, where it answers a question that was asked at a moment or later.
func (c *card) from(ctx context.Context, answer string, at time.Time) (string, error) {
	last, _, err := c.r.Store.Questions(ctx, crm.QuestionFilter{Conversation: c.of.ID, Page: crm.Page{Limit: 1, Uncounted: true}})
	if err != nil || len(last) == 0 || last[0].ArticleID == 0 || last[0].Asked.Before(at) {
		return answer, err
	}
	key, q := "card.from", last[0]
	if q.Outcome == crm.OutcomeNotHelpful {
		key = "card.from.unhelpful"
	}
	ref := crm.Ref{Kind: crm.KindArticle, ID: int64(q.ArticleID)}
	return c.w.Label(key, "text", answer, "ref", ref.String(), "version", q.ArticleVersion), nil
}

// phrase says whether somebody only called for a person: that is no question.
func (c *card) phrase(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, x := range c.w.Every("command.person") {
		if text == strings.ToLower(x) {
			return true
		}
	}
	return false
}

// stands is how long he waits, and what may still be written to him.
func (c *card) stands(ctx context.Context) error {
	of, now := c.of, c.r.Now
	if !of.WaitsSince.IsZero() {
		when := c.w.Moment(of.WaitsSince, now)
		if span := now.Sub(of.WaitsSince); span < time.Minute {
			c.field("waits", c.w.Label("card.waits.now", "when", when))
		} else {
			c.field("waits", c.w.Label("card.waits", "span", c.span(span), "when", when))
		}
	}
	window, err := c.window(ctx)
	if err != nil {
		return err
	}
	c.field("window", window)
	var hints []string
	if id := of.identity; id != nil && !id.BlockedAt.IsZero() {
		hints = append(hints, of.sentence(c.r, c.w, "relay.blocked"))
	} else if id != nil && !id.GoneAt.IsZero() {
		hints = append(hints, of.sentence(c.r, c.w, "relay.gone"))
	}
	if of.atDesk(c.r) {
		hints = append(hints, of.sentence(c.r, c.w, "why.desk"))
	}
	c.Text = strings.Join(hints, "\n")
	return nil
}

// span is how long something lasted: "12 min".
func (c *card) span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return c.w.Label("span.minutes", "n", max(int(d/time.Minute), 1))
	case d < 48*time.Hour:
		return c.w.Label("span.hours", "n", int(d/time.Hour))
	}
	return c.w.Label("span.days", "n", int(d/(24*time.Hour)))
}

// window is what is left of our rights to write, "" where there are no limits.
func (c *card) window(ctx context.Context) (string, error) {
	if len(c.of.features(c.r).Credits) == 0 {
		return "", nil
	}
	found, err := c.r.Store.Balances(ctx, []crm.ConversationID{c.of.ID})
	if err != nil {
		return "", err
	}
	left, of, until := 0, 0, time.Time{}
	if b := found[c.of.ID]; b != nil {
		for _, g := range b.Grants {
			if g.Left > 0 && g.Until.After(c.r.Now) {
				left, of, until = left+g.Left, of+g.Of, g.Until
			}
		}
	}
	if left == 0 {
		key, err := c.of.shut(ctx, c.r)
		if key == "" {
			key = shutNudges
		}
		return markup.Plain(c.of.sentence(c.r, c.w, key)), err
	}
	return c.w.Label("card.window", "left", left, "of", of, "until", c.w.Moment(until, c.r.Now)), nil
}

// buttons are what makes sense as things stand.
func (c *card) buttons() {
	of := c.of
	conv, con := " "+of.Ref().String(), of.contact.Ref().String()
	desk := of.atDesk(c.r)
	switch {
	case of.Status != crm.ConversationHandedOff:
		c.button("conversation.take", "conversation.take"+conv, bot.StylePrimary, false)
	case !desk:
		c.button("conversation.over", "conversation.take"+conv, bot.StylePlain, false)
	}
	reachable := of.identity == nil || of.identity.GoneAt.IsZero() && of.identity.BlockedAt.IsZero()
	if !desk && reachable {
		c.button("conversation.reply", "conversation.reply"+conv, bot.StylePlain, true)
		c.Buttons[len(c.Buttons)-1].Write = true
	}
	if !desk {
		c.button("conversation.assign", "conversation.assign"+conv, bot.StylePlain, true)
	}
	if of.contact.ID != 0 {
		c.button("note", "note "+con, bot.StylePlain, true)
		c.button("plan", "plan "+con, bot.StylePlain, true)
		c.button("ticket", "ticket.new account="+con, bot.StylePlain, true)
		c.button("lead", "lead.new of="+con, bot.StylePlain, true)
	}
	if of.Status == crm.ConversationHandedOff && !desk && (reachable || of.LiveID != 0) {
		if of.LiveID == 0 {
			c.button("conversation.live", "conversation.live"+conv, bot.StylePlain, false)
		} else {
			c.button("live.off", "conversation.live.off"+conv, bot.StylePlain, false)
		}
	}
	if of.Person() && !desk {
		c.button("conversation.back", "conversation.back"+conv, bot.StylePlain, false)
		c.button("conversation.close", "conversation.close"+conv, bot.StylePlain, false)
	}
	if id := of.identity; id != nil && of.contact.ID != 0 {
		if id.BlockedAt.IsZero() {
			c.button("block", "contact.block "+con, bot.StyleDanger, false)
		} else {
			c.button("unblock", "contact.unblock "+con, bot.StylePlain, false)
		}
	}
}

// button adds a button; form is one that asks for more.
func (c *card) button(key, action string, style bot.Style, form bool) {
	c.Buttons = append(c.Buttons, bot.Button{
		Label: c.w.Label("button." + key), Action: action, Style: style, Form: form && c.r.Features.Can(bot.OpView),
	})
}
