package pipeline

import (
	"cmp"
	"context"
	"slices"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// load reads who speaks, where, and what is remembered of it, one statement a
// kind, and makes what is new.
func (b *batch) load(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		b.loadConversations, b.loadIdentities, b.loadPeople, b.makeConversations, b.loadAddressees, b.loadSessions, b.loadButtons,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// person says whether an event of the kind is something a person did on
// purpose, by which somebody unknown becomes a contact.
func person(k bot.Kind) bool {
	switch k {
	case bot.KindText, bot.KindMedia, bot.KindAction, bot.KindForm, bot.KindFollow, bot.KindScan, bot.KindContact,
		bot.KindMenu, bot.KindConsent, bot.KindDesk, bot.KindVisit:
		return true
	}
	return false
}

func (b *batch) loadIdentities(ctx context.Context) error {
	first := map[crm.IdentityKey]*event{} // the first event of each sender
	var keys []crm.IdentityKey
	for _, e := range b.events {
		if e.in.Sender.ID == "" || e.install == nil {
			continue
		}
		key := identityKey(e.in)
		if seen := first[key]; seen == nil {
			first[key] = e
			keys = append(keys, key)
		} else if !b.acquaints(seen) && (b.acquaints(e) || !person(seen.in.Kind)) {
			first[key] = e
		}
	}
	if len(keys) == 0 {
		return nil
	}
	// In one order everywhere, so that two workers cannot wait for each other.
	slices.SortFunc(keys, func(a, b crm.IdentityKey) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Install, b.Install), cmp.Compare(a.Sender, b.Sender))
	})
	known, err := b.store.Identities(ctx, keys)
	if err != nil {
		return err
	}
	for _, id := range known {
		b.identities[id.Key()] = id
	}
	if err := b.newcomers(ctx, keys, first); err != nil {
		return err
	}
	for _, e := range b.events {
		e.identity = b.identities[identityKey(e.in)]
	}
	return nil
}

// newcomers makes the identities that are unknown, and a contact for each
// person who is nobody yet where customers write.
func (b *batch) newcomers(ctx context.Context, keys []crm.IdentityKey, first map[crm.IdentityKey]*event) error {
	var fresh, unlinked []*crm.Identity
	var contacts []*crm.Contact
	for _, key := range keys {
		e, id := first[key], b.identities[key]
		if id == nil {
			s := e.in.Sender
			id = &crm.Identity{
				Platform: key.Platform, Install: key.Install, Sender: key.Sender,
				Name: s.Name, Language: s.Language, Chat: string(s.Chat),
			}
			if id.Chat == "" && e.in.Direct {
				id.Chat = string(e.in.Address.Chat)
			}
			fresh = append(fresh, id)
			b.identities[key] = id
		}
		if id.ContactID == 0 && id.UserID == 0 && b.acquaints(e) {
			unlinked = append(unlinked, id)
			contacts = append(contacts, &crm.Contact{Name: id.Name, Language: b.firstLanguage(key)})
		}
	}
	if b.looking {
		for i, id := range unlinked {
			b.contacts[id.ContactID] = contacts[i]
		}
		return nil
	}
	if len(contacts) > 0 {
		if err := b.store.CreateContacts(ctx, contacts...); err != nil {
			return err
		}
	}
	for i, id := range unlinked {
		id.ContactID = contacts[i].ID
		b.contacts[contacts[i].ID] = contacts[i]
		if id.ID == 0 {
			continue
		}
		changed, err := b.store.UpdateIdentity(ctx, id.ID, func(x *crm.Identity) error { x.ContactID = id.ContactID; return nil })
		if err != nil {
			return err
		}
		*id = *changed
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := b.store.CreateIdentities(ctx, fresh); err != nil {
		return err
	}
	for _, id := range fresh {
		if id.ID == 0 { // another shard met the same person at the same moment
			return errAgain
		}
	}
	return nil
}

// firstLanguage is the language of the first words of a sender that have one.
func (b *batch) firstLanguage(key crm.IdentityKey) string {
	for _, e := range b.events {
		if e.in.Kind == bot.KindText && identityKey(e.in) == key {
			if lang, ok := locale.Of(e.in.Text); ok {
				return lang
			}
		}
	}
	return ""
}

func (b *batch) loadPeople(ctx context.Context) error {
	var ids []crm.ContactID
	staff := false
	for _, id := range b.identities {
		if id.ContactID != 0 && b.contacts[id.ContactID] == nil {
			ids = append(ids, id.ContactID)
			b.contacts[id.ContactID] = nil
		}
		staff = staff || id.UserID != 0
	}
	if len(ids) > 0 {
		slices.Sort(ids)
		found, err := b.store.ContactsByID(ctx, ids)
		if err != nil {
			return err
		}
		for _, c := range found {
			b.contacts[c.ID] = c
		}
		for _, id := range ids {
			if c := b.contacts[id]; c == nil || c.MergedInto != 0 {
				if b.contacts[id], err = b.store.Contact(ctx, id); err != nil && crm.CodeOf(err) != crm.CodeNotFound {
					return err
				}
			}
		}
	}
	if staff {
		return b.loadUsers(ctx)
	}
	return nil
}

// loadUsers reads everybody who works here: they are few.
func (b *batch) loadUsers(ctx context.Context) error {
	users, err := b.store.Users(ctx, crm.UserFilter{Active: true})
	if err != nil {
		return err
	}
	b.users = make(map[crm.UserID]*crm.User, len(users))
	for _, u := range users {
		b.users[u.ID] = u
	}
	return nil
}

// owner writes down whose direct chat it is and what is spoken there, when
// that has changed. Somebody who works here is answered in the language he
// writes; a customer's language sticks.
func (b *batch) owner(ctx context.Context, store bot.Store, e *event) error {
	c, id := e.conversation, e.identity
	if !c.Direct || id == nil || !person(e.in.Kind) {
		return nil
	}
	language := c.Language
	if lang, ok := locale.Of(e.in.Text); ok && e.in.Kind == bot.KindText && (id.UserID != 0 || language == "") {
		language = lang
	}
	if c.ContactID == id.ContactID && c.UserID == id.UserID && c.Language == language {
		return nil
	}
	changed, err := store.UpdateConversation(ctx, c.ID, func(c *crm.Conversation) error {
		c.ContactID, c.UserID, c.Language = id.ContactID, id.UserID, language
		return nil
	})
	if err == nil {
		*c = *changed
	}
	return err
}

func (b *batch) loadSessions(ctx context.Context) error {
	var keys []bot.SessionKey
	seen := map[bot.SessionKey]bool{}
	for _, e := range b.events {
		if e.conversation != nil && !seen[e.session] {
			seen[e.session] = true
			keys = append(keys, e.session)
		}
	}
	var err error
	if len(keys) > 0 {
		b.sessions, err = b.store.Sessions(ctx, keys)
	}
	if b.sessions == nil {
		b.sessions = map[bot.SessionKey]*bot.Session{}
	}
	return err
}

// loadButtons reads what is behind the buttons that were pressed.
func (b *batch) loadButtons(ctx context.Context) error {
	var ids []string
	for _, e := range b.events {
		if id := pressed(e.in); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var err error
	b.buttons, err = b.store.Buttons(ctx, ids)
	return err
}

// pressed is the id of the button of an event, "" if there is none.
func pressed(in *bot.Inbound) string {
	if in.Kind != bot.KindAction && in.Kind != bot.KindForm || len(in.Action) < 3 || in.Action[:2] != "b:" {
		return ""
	}
	return in.Action[2:]
}

// refresh reads the people and the place of an event again.
func (b *batch) refresh(ctx context.Context, e *event) error {
	e.stale = false
	if id := e.identity; id != nil {
		found, err := b.store.Identities(ctx, []crm.IdentityKey{id.Key()})
		if err != nil {
			return err
		}
		if len(found) == 1 {
			*id = *found[0]
		}
		if id.ContactID != 0 {
			if b.contacts[id.ContactID], err = b.store.Contact(ctx, id.ContactID); err != nil && crm.CodeOf(err) != crm.CodeNotFound {
				return err
			}
		}
		if id.UserID != 0 {
			if err := b.loadUsers(ctx); err != nil {
				return err
			}
		}
	}
	c, err := b.store.Conversation(ctx, e.conversation.ID)
	if err == nil {
		*e.conversation = *c
	}
	return err
}
