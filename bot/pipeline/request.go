package pipeline

import (
	"context"
	"maps"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// request is what the handler gets. It may change what it points at, but for the
// Inbound: the batch keeps its own.
func (b *batch) request(e *event, store bot.Store) *bot.Request {
	conversation := *e.conversation
	r := &bot.Request{
		Inbound: e.in, Conversation: &conversation, EventID: e.in.EventID,
		Store:    batchStore{store, b},
		Company:  b.p.opt.Company,
		Now:      b.now.In(b.p.opt.Company.Zone),
		Session:  b.session(e.session),
		Features: b.p.features(e.install),
	}
	r.CRM = crm.NewServices(r.Store, func() time.Time { return b.now }, b.p.opt.Settings)
	if e.identity != nil {
		id := *e.identity
		r.Identity = &id
		switch u, c := b.users[id.UserID], b.contacts[id.ContactID]; {
		case u != nil:
			user := *u
			r.User, r.Actor = &user, user.Actor()
		case c != nil && id.UserID == 0:
			contact := *c
			r.Contact, r.Actor = &contact, crm.Actor{Kind: crm.AuthorContact, Contact: contact.ID}
		}
	}
	if ours(e.in.Kind) && (e.own || e.identity == nil) {
		r.Actor = crm.System()
	}
	if b.p.opt.Catalog != nil {
		r.Words = b.p.opt.Catalog.Words(b.language(e, r))
		r.WordsIn = b.p.opt.Catalog.Words
	}
	return r
}

// language is what the person reads: his own, then the conversation's, then
// what the platform says, then the company's.
func (b *batch) language(e *event, r *bot.Request) string {
	known := []string{"", "", r.Conversation.Language, "", b.p.opt.Company.Language}
	if r.User != nil {
		known[0] = r.User.Language
	}
	if r.Contact != nil {
		known[1] = r.Contact.Language
	}
	said := e.in.Sender.Language
	if said == "" && r.Identity != nil {
		said = r.Identity.Language
	}
	if lang, ok := b.p.opt.Catalog.Match(said); ok {
		known[3] = lang
	}
	for _, lang := range known {
		if lang != "" {
			return lang
		}
	}
	return ""
}

// session is a copy of what is remembered, fresh if there is nothing.
func (b *batch) session(key bot.SessionKey) *bot.Session {
	kept := b.saves[key]
	if kept == nil {
		kept = b.sessions[key]
	}
	if kept == nil {
		return &bot.Session{Conversation: key.Conversation, Sender: key.Sender, V: 1}
	}
	s := *kept
	if s.Form != nil {
		f := *s.Form
		f.Values, f.Skipped = maps.Clone(f.Values), slices.Clone(f.Skipped)
		s.Form = &f
	}
	s.Choices, s.Values = slices.Clone(s.Choices), maps.Clone(s.Values)
	s.Burst, s.Files = slices.Clone(s.Burst), slices.Clone(s.Files)
	return &s
}

// features is what the platform of an install can do.
func (p *Pipeline) features(i *install) bot.Features {
	if i == nil || i.Adapter == nil {
		return bot.Features{}
	}
	return i.Adapter.Features()
}

// batchStore has the buttons and the questions of the batch at hand.
type batchStore struct {
	bot.Store
	batch *batch
}

// Buttons implements bot.ButtonStore.
func (s batchStore) Buttons(ctx context.Context, ids []string) (map[string]*bot.KeptButton, error) {
	found := map[string]*bot.KeptButton{}
	for _, id := range ids {
		b := s.batch.buttons[id]
		if b == nil {
			return s.Store.Buttons(ctx, ids)
		}
		kept := *b
		found[id] = &kept
	}
	return found, nil
}

// UseButton implements bot.ButtonStore.
func (s batchStore) UseButton(ctx context.Context, id string, by bot.SenderID, at time.Time) (bool, error) {
	delete(s.batch.buttons, id) // read it again next time
	return s.Store.UseButton(ctx, id, by, at)
}
