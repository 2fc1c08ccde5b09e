package pipeline

import (
	"context"
	"fmt"
	"slices"

	"crmbot/bot"
	"crmbot/crm"
)

// services are the rules over the store of the process, for those who read.
func (p *Pipeline) services() *crm.Services {
	return crm.NewServices(p.store, p.Now, p.opt.Settings)
}

// colleague is the User behind a sender of the install. CodeForbidden for anybody
// else.
func (h host) colleague(ctx context.Context, by bot.SenderID) (*crm.User, error) {
	key := crm.IdentityKey{Platform: string(h.at.platform), Install: string(h.at.install), Sender: string(by)}
	found, err := h.p.store.Identities(ctx, []crm.IdentityKey{key})
	if err != nil {
		return nil, err
	}
	if len(found) == 1 && found[0].UserID != 0 {
		u, err := h.p.store.User(ctx, found[0].UserID)
		if err != nil || u.Active {
			return u, err
		}
	}
	return nil, crm.Fail(crm.CodeForbidden, "forbidden.staff")
}

// Sees implements bot.Host.
func (h host) Sees(ctx context.Context, by bot.SenderID, at bot.Address) (bool, error) {
	u, err := h.colleague(ctx, by)
	if err != nil {
		return false, err
	}
	at.Platform, at.Install = h.at.platform, h.at.install
	t, err := h.p.store.ThreadAt(ctx, conversationKey(at))
	if err == nil {
		_, err = h.p.services().Conversations.Conversation(ctx, u.Actor(), t.ConversationID)
	}
	if code := crm.CodeOf(err); code == crm.CodeNotFound || code == crm.CodeForbidden {
		return false, nil
	}
	return err == nil, err
}

// Threads implements bot.Host.
func (h host) Threads(ctx context.Context, by bot.SenderID, limit int) ([]bot.ThreadEntry, error) {
	u, err := h.colleague(ctx, by)
	if err != nil {
		return nil, err
	}
	list := listing{host: h, by: by, user: u, names: map[crm.UserID]string{}}
	if err := list.load(ctx, limit); err != nil {
		return nil, err
	}
	var entries []bot.ThreadEntry
	for _, c := range list.of {
		e, err := list.entry(ctx, c)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// listing makes the lines of a list of threads.
type listing struct {
	host
	by       bot.SenderID
	user     *crm.User
	of       []*crm.Conversation                // the customers', in order
	threads  map[crm.ConversationID]*crm.Thread // the latest of each here
	places   map[crm.ConversationKey]*crm.Conversation
	contacts map[crm.ContactID]string
	said     map[crm.ConversationID][]*crm.Message // lately, to the customers and in the threads
	names    map[crm.UserID]string
}

func (l *listing) load(ctx context.Context, limit int) error {
	threads, _, err := l.p.store.Threads(ctx, crm.ThreadFilter{
		Platform: string(l.at.platform), Install: string(l.at.install),
		States: []crm.ThreadState{crm.ThreadOpen, crm.ThreadClosed}, Page: crm.Page{Limit: 500, Uncounted: true},
	})
	if err != nil {
		return err
	}
	l.threads = map[crm.ConversationID]*crm.Thread{}
	for _, t := range threads {
		if l.threads[t.ConversationID] == nil && t.Topic != "" {
			l.threads[t.ConversationID] = t
		}
	}
	f := crm.ConversationFilter{Threaded: true, Page: crm.Page{Limit: 200}}
	for len(l.of) < limit {
		some, all, err := l.p.services().Conversations.List(ctx, l.user.Actor(), f)
		if err != nil {
			return err
		}
		for _, c := range some {
			if l.threads[c.ID] != nil && len(l.of) < limit { // else it is shown elsewhere alone
				l.of = append(l.of, c)
			}
		}
		if f.Page.Offset += len(some); len(some) == 0 || f.Page.Offset >= all {
			break
		}
	}
	return l.who(ctx)
}

// who reads where the threads are, whose they are and what was said.
func (l *listing) who(ctx context.Context) error {
	var keys []crm.ConversationKey
	var ids []crm.ContactID
	var all []crm.ConversationID
	for _, c := range l.of {
		all = append(all, c.ID)
		keys = append(keys, l.threads[c.ID].Place())
		if c.ContactID != 0 {
			ids = append(ids, c.ContactID)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	var err error
	if l.places, err = l.p.store.Conversations(ctx, keys); err != nil {
		return err
	}
	for _, c := range l.places {
		all = append(all, c.ID)
	}
	if l.said, err = l.p.store.LatestMessages(ctx, all, recently); err != nil {
		return err
	}
	contacts, err := l.p.store.ContactsByID(ctx, ids)
	if err != nil {
		return err
	}
	l.contacts = map[crm.ContactID]string{}
	for _, c := range contacts {
		id := c.ID
		if c.MergedInto != 0 {
			if c, err = l.p.store.Contact(ctx, id); err != nil {
				return err
			}
		}
		l.contacts[id] = c.Name
	}
	return nil
}

// entry is one line: the customer, his latest words, and what is latest in the
// thread.
func (l *listing) entry(ctx context.Context, c *crm.Conversation) (bot.ThreadEntry, error) {
	t, language := l.threads[c.ID], l.user.Language
	if language == "" {
		language = l.p.opt.Company.Language
	}
	e := bot.ThreadEntry{
		Topic: bot.TopicID(t.Topic), Title: l.contacts[c.ContactID], Platform: l.p.opt.Company.PlatformName(c.Platform, language),
		Status: c.Status, Mine: c.AssigneeID == l.user.ID, Waits: c.WaitsSince, At: t.Opened,
	}
	e.Ref = crm.Ref{Kind: crm.KindConversation, ID: int64(c.ID)}.String()
	if c.ContactID != 0 {
		e.Ref = crm.Ref{Kind: crm.KindContact, ID: int64(c.ContactID)}.String()
	}
	var err error
	if e.Assignee, err = l.name(ctx, l.names, c.AssigneeID); err != nil {
		return e, err
	}
	if last := l.latest(c.ID); last != nil {
		e.Last, e.At = last.Body, last.Happened
	}
	e.LastID, err = l.newest(t)
	return e, err
}

// recently is how many messages are looked at for the latest words.
const recently = 20

// latest is the last thing said in a customer's conversation, nil if nothing was.
func (l *listing) latest(id crm.ConversationID) *crm.Message {
	for _, m := range slices.Backward(l.said[id]) {
		if !m.Muted && m.Deleted.IsZero() && m.Body != "" && m.Kind != string(bot.KindReaction) && !change(m) {
			return m
		}
	}
	return nil
}

// change says whether a message only changes another one.
func change(m *crm.Message) bool {
	return m.Kind == string(bot.KindEdit) || m.Kind == string(bot.KindDelete)
}

// newest is the last entry of a thread that the asker sees as something new.
func (l *listing) newest(t *crm.Thread) (int64, error) {
	c := l.places[t.Place()]
	if c == nil { // nothing was said there yet
		return 0, nil
	}
	for _, m := range slices.Backward(l.said[c.ID]) {
		e, err := entry(m)
		if err != nil {
			return 0, err
		}
		if !change(m) && (e.For == "" || e.For == l.by) {
			return e.ID, nil
		}
	}
	return 0, nil
}

// restarted ends the live threads from before this process: whoever wrote in one
// is to know that his lines do not go out any more.
func (p *Pipeline) restarted(ctx context.Context) error {
	f := crm.ConversationFilter{Scope: crm.Everything(), Live: true, Page: crm.Page{Limit: 500}}
	for {
		some, all, err := p.store.ConversationList(ctx, f)
		if err != nil {
			return err
		}
		for _, c := range some {
			if !c.LiveSince.Before(p.opt.Company.Started) || !p.has(c.Platform, c.Install) {
				continue
			}
			since := c.LiveSince.UnixMicro()
			err := p.inform(ctx, p.store, bot.Inbound{
				EventID: fmt.Sprintf("live:%d:%d", c.ID, since), Kind: bot.KindSystem, Direct: c.Direct,
				Address: addressOf(keyOf(c)), Action: fmt.Sprintf("handoff.live.end since=%d why=restart", since),
			})
			if err != nil {
				return err
			}
		}
		if f.Page.Offset += len(some); len(some) == 0 || f.Page.Offset >= all {
			return nil
		}
	}
}
