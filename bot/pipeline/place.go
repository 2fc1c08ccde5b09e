package pipeline

import (
	"context"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// staffed says whether colleagues answer customers in a chat.
func (p *Pipeline) staffed(c crm.ConversationKey) bool {
	for _, t := range p.opt.Company.Threads {
		if string(t.Platform) == c.Platform && string(t.Install) == c.Install && string(t.Chat) == c.Chat {
			return true
		}
	}
	return false
}

// answering says whether an install has such a chat.
func (p *Pipeline) answering(i *install) bool {
	for _, t := range p.opt.Company.Threads {
		if t.Platform == i.Platform && t.Install == i.Install.Install {
			return true
		}
	}
	return false
}

// audience is who reads the place of an event: staff where they answer
// customers, also after the chat has moved, else whoever the install is for.
func (b *batch) audience(e *event) crm.Audience {
	if e.install.Audience == crm.AudienceStaff || !b.p.answering(e.install) {
		return e.install.Audience
	}
	here := conversationKey(e.in.Address)
	chat := here
	chat.Topic = ""
	for _, key := range []crm.ConversationKey{here, chat} {
		c := b.conversations[key]
		if b.p.staffed(key) || c != nil && b.p.staffed(keyOf(c)) {
			return crm.AudienceStaff
		}
	}
	return e.install.Audience
}

func keyOf(c *crm.Conversation) crm.ConversationKey {
	return crm.ConversationKey{Platform: c.Platform, Install: c.Install, Chat: c.Chat, Topic: c.Topic}
}

// acquaints says whether its sender becomes a contact by an event, if he is
// nobody yet.
func (b *batch) acquaints(e *event) bool {
	return person(e.in.Kind) && b.audience(e) == crm.AudienceCustomers
}

// loadConversations reads where the events take place, and the chats around
// their topics where those say who reads them.
func (b *batch) loadConversations(ctx context.Context) error {
	var keys []crm.ConversationKey
	seen := map[crm.ConversationKey]bool{}
	add := func(key crm.ConversationKey) {
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	for _, e := range b.events {
		if e.install == nil {
			continue
		}
		key := conversationKey(e.in.Address)
		add(key)
		if key.Topic != "" && e.install.Audience != crm.AudienceStaff && b.p.answering(e.install) {
			key.Topic = ""
			add(key)
		}
	}
	var err error
	if len(keys) > 0 {
		b.conversations, err = b.store.Conversations(ctx, keys)
	}
	return err
}

// makeConversations makes those that are new, and tells each event its own.
func (b *batch) makeConversations(ctx context.Context) error {
	var fresh []*crm.Conversation
	for _, e := range b.events {
		key := conversationKey(e.in.Address)
		if e.install != nil && b.conversations[key] == nil {
			c := b.newConversation(key, e)
			fresh = append(fresh, c)
			b.conversations[key] = c
		}
	}
	if len(fresh) > 0 && !b.looking {
		if err := b.store.CreateConversations(ctx, fresh); err != nil {
			return err
		}
	}
	for _, c := range fresh {
		if c.ID == 0 && !b.looking {
			return errAgain
		}
	}
	for _, e := range b.events {
		if e.install == nil {
			continue
		}
		e.conversation = b.conversations[conversationKey(e.in.Address)]
		e.session = bot.SessionKey{Conversation: e.conversation.ID, Sender: e.in.Sender.ID}
		if err := b.settleIn(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// settleIn writes down who reads a conversation and whose it is, when that has
// changed.
func (b *batch) settleIn(ctx context.Context, e *event) error {
	if c := e.conversation; c.Audience == crm.AudienceCustomers && b.audience(e) == crm.AudienceStaff {
		correct := func(c *crm.Conversation) error {
			c.Audience, c.ContactID = crm.AudienceStaff, 0
			return nil
		}
		if b.looking {
			return correct(c)
		}
		changed, err := b.store.UpdateConversation(ctx, c.ID, correct)
		if err != nil {
			return err
		}
		*c = *changed
	}
	if b.looking {
		return nil
	}
	return b.owner(ctx, b.store, e)
}

func (b *batch) newConversation(key crm.ConversationKey, e *event) *crm.Conversation {
	c := &crm.Conversation{
		Platform: key.Platform, Install: key.Install, Chat: key.Chat, Topic: key.Topic,
		Direct: e.in.Direct, Audience: b.audience(e), Status: crm.ConversationOpen,
	}
	if lang, ok := locale.Of(e.in.Text); ok && e.in.Kind == bot.KindText {
		c.Language = lang
	}
	if e.in.Direct && e.identity != nil {
		c.ContactID, c.UserID = e.identity.ContactID, e.identity.UserID
	}
	return c
}

// ours says whether an event is one that conversations tell each other.
func ours(k bot.Kind) bool { return k == bot.KindSystem || k == bot.KindNote }

// loadAddressees finds the customer of each conversation of his own in which we
// speak to ourselves: what follows is said to him, in his language.
func (b *batch) loadAddressees(ctx context.Context) error {
	of := map[crm.ConversationID]*crm.Identity{}
	for _, e := range b.events {
		c := e.conversation
		if c == nil || !ours(e.in.Kind) || e.in.Sender.ID != "" || !c.Direct || c.ContactID == 0 || c.Audience != crm.AudienceCustomers {
			continue
		}
		id, known := of[c.ID]
		if !known {
			var err error
			if id, err = b.addressee(ctx, c); err != nil {
				return err
			}
			of[c.ID] = id
		}
		if e.own = true; id != nil {
			e.identity, e.in.Sender, e.session.Sender = id, speaker(id), bot.SenderID(id.Sender)
		}
	}
	return nil
}

// addressee is the identity whose conversation it is, nil if that is not plain.
func (b *batch) addressee(ctx context.Context, c *crm.Conversation) (*crm.Identity, error) {
	identities, err := b.store.IdentitiesOf(ctx, c.ContactID, 0)
	if err != nil {
		return nil, err
	}
	id := whose(c, identities)
	if id == nil {
		return nil, nil
	}
	if same := b.identities[id.Key()]; same != nil {
		id = same
	}
	b.identities[id.Key()] = id
	if _, known := b.contacts[id.ContactID]; !known && id.ContactID != 0 {
		contact, err := b.store.Contact(ctx, id.ContactID)
		if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
			return nil, err
		}
		b.contacts[id.ContactID] = contact
	}
	return id, nil
}
