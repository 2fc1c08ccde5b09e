package pipeline

import (
	"context"
	"errors"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// batch is what one shard had waiting, in one transaction.
type batch struct {
	p      *Pipeline
	store  bot.Store
	now    time.Time
	events []*event
	// looking makes nothing: who and where is unknown stands for itself.
	looking bool

	identities    map[crm.IdentityKey]*crm.Identity
	contacts      map[crm.ContactID]*crm.Contact
	users         map[crm.UserID]*crm.User
	conversations map[crm.ConversationKey]*crm.Conversation
	sessions      map[bot.SessionKey]*bot.Session
	buttons       map[string]*bot.KeptButton
	chats         map[crm.UserID]*direct // where to tell somebody
	staff         map[crm.UserID][]*crm.Identity
	keys          int // how many names of operations were given

	result
}

// result is what a batch writes at its end.
type result struct {
	said     []*said // in and out, in order
	rows     []*bot.OutboxRow
	of       []*said // the message of the row at the same place, nil for none
	kept     []*bot.KeptButton
	saves    map[bot.SessionKey]*bot.Session
	inbounds []*bot.InboxRow
	jobs     []*bot.Job
	loans    []*loan         // rows that are sent as soon as the batch is through
	asked    []*crm.Question // of the knowledge base
	done     []int64
	in, out  map[crm.ConversationID]bool
	unknown  []*event
	gifts    map[crm.ConversationID][]*event // events that give us rights to write, where platforms have such
	givers   []crm.ConversationID            // the keys of gifts, as they came
	fresh    map[crm.UserID]bool             // whose home page has something new
	homes    []home                          // home pages that were opened
}

// said is a message with its files.
type said struct {
	crm.Message
	files []bot.File
	event *event
	post  *bot.Post // of what we say under a label or for a person, else nil
}

// event is one row of the inbox with who and where it is about.
type event struct {
	row          *bot.InboxRow
	in           *bot.Inbound
	install      *install
	identity     *crm.Identity
	conversation *crm.Conversation
	session      bot.SessionKey
	own          bool     // from ourselves: its identity is whom the conversation is with
	stale        bool     // something was written since it was read
	logged       bool     // its message is in the log, or will be with this batch
	later        []*event // edits of its message, to be kept once that is in the database
}

func (p *Pipeline) newBatch(store bot.Store, now time.Time, rows []*bot.InboxRow) *batch {
	b := &batch{
		p: p, store: store, now: now,
		identities: map[crm.IdentityKey]*crm.Identity{}, contacts: map[crm.ContactID]*crm.Contact{},
		chats: map[crm.UserID]*direct{}, staff: map[crm.UserID][]*crm.Identity{},
		result: result{
			saves: map[bot.SessionKey]*bot.Session{},
			in:    map[crm.ConversationID]bool{}, out: map[crm.ConversationID]bool{},
		},
	}
	for _, r := range ordered(rows) {
		a := r.Inbound.Address
		b.events = append(b.events, &event{row: r, in: &r.Inbound, install: p.installs[address{a.Platform, a.Install}]})
	}
	return b
}

// ordered puts the rows of each chat in the order of their Seq. A row without
// one keeps its place.
func ordered(rows []*bot.InboxRow) []*bot.InboxRow {
	out := append([]*bot.InboxRow(nil), rows...)
	last := map[string][]int{} // places of the rows of a chat that have a Seq, sorted so far
	for i, r := range out {
		if r.Inbound.Seq == 0 {
			continue
		}
		places := append(last[r.Chat], i)
		last[r.Chat] = places
		for n := len(places) - 1; n > 0 && out[places[n]].Inbound.Seq < out[places[n-1]].Inbound.Seq; n-- {
			out[places[n]], out[places[n-1]] = out[places[n-1]], out[places[n]]
		}
	}
	return out
}

// handle runs the batch: read in bulk, one event after the other, write in bulk.
func (b *batch) handle(ctx context.Context) error {
	if err := b.load(ctx); err != nil {
		return err
	}
	held := map[string]bool{} // chats whose event is to be tried again
	for _, e := range b.events {
		if held[e.row.Chat] && e.in.Kind.Waits() {
			continue
		}
		err := b.one(ctx, e)
		if err == nil {
			b.done = append(b.done, e.row.ID)
			continue
		}
		if crm.CodeOf(err) == crm.CodeUnavailable || errors.Is(err, errAgain) {
			return err
		}
		e.row.Logged = e.row.Logged || e.logged
		dead, lost := b.p.again(ctx, b.store, e.row, err)
		if lost != nil {
			return lost
		}
		if dead {
			b.sorry(e, err)
		} else {
			held[e.row.Chat] = true
		}
	}
	return b.write(ctx)
}

// one handles one event. Its changes are undone when it fails.
func (b *batch) one(ctx context.Context, e *event) error {
	if e.install == nil {
		return crm.Fail(crm.CodeUnsupported, "error.unsupported").In("install")
	}
	if e.stale {
		if err := b.refresh(ctx, e); err != nil {
			return err
		}
	}
	b.log(e)
	b.gift(e)
	switch e.in.Kind {
	case bot.KindEdit, bot.KindDelete:
		if err := b.revise(ctx, e); err != nil {
			return err
		}
	case bot.KindMoved:
		return b.move(ctx, e)
	case bot.KindReaction:
	case bot.KindBlocked, bot.KindUnfollow:
		if err := b.reach(ctx, e, b.now); err != nil {
			return err
		}
	case bot.KindText, bot.KindMedia, bot.KindAction, bot.KindForm, bot.KindFollow,
		bot.KindScan, bot.KindContact, bot.KindHome, bot.KindMenu, bot.KindConsent, bot.KindVisit:
		if err := b.reach(ctx, e, time.Time{}); err != nil {
			return err
		}
	case bot.KindSystem, bot.KindDesk, bot.KindNote:
	default:
		b.unknown = append(b.unknown, e)
		return nil
	}
	if b.muted(e) {
		return nil
	}
	return b.ask(ctx, e)
}

// ask calls the handler and keeps what it wants to happen.
func (b *batch) ask(ctx context.Context, e *event) error {
	var r *bot.Request
	var reply *bot.Reply
	wrote, err := b.store.Savepoint(ctx, func(ctx context.Context, store bot.Store) (err error) {
		defer func() {
			if x := recover(); x != nil {
				err = panicked(x)
			}
		}()
		r = b.request(e, store)
		began := time.Now()
		reply, err = b.p.opt.Handler(ctx, r)
		b.p.handled(e, r, time.Since(began))
		if err != nil {
			return err
		}
		return b.collect(ctx, store, e, r, reply)
	})
	if err != nil {
		return err
	}
	if wrote {
		b.staleAfter(e)
	}
	b.freshen(e, r, wrote)
	return nil
}

// muted says whether what an event says is kept and heard by nobody.
func (b *batch) muted(e *event) bool {
	id := e.identity
	return id != nil && id.UserID == 0 && !ours(e.in.Kind) && id.Muted(b.now)
}

// staleAfter makes the later events of the same people and places read again
// what this one may have changed.
func (b *batch) staleAfter(by *event) {
	for _, e := range b.events {
		same := e.identity != nil && by.identity != nil &&
			(e.identity == by.identity || e.identity.ContactID != 0 && e.identity.ContactID == by.identity.ContactID ||
				e.identity.UserID != 0)
		e.stale = e.stale || same || e.conversation == by.conversation
	}
}

// revise keeps what a message said before an edit or deletion. A message that
// we never saw has nothing to revise, and one that was revised by an earlier try
// neither.
func (b *batch) revise(ctx context.Context, e *event) error {
	if e.conversation == nil || e.in.Target == "" || e.row.Logged {
		return nil
	}
	e.logged = true
	gone := e.in.Kind == bot.KindDelete
	for _, s := range b.said {
		if s.ConversationID == e.conversation.ID && s.Native == string(e.in.Target) && s.Direction == crm.In {
			s.event.later = append(s.event.later, e) // not in the database yet
			return nil
		}
	}
	m, err := b.store.MessageByNative(ctx, e.conversation.ID, string(e.in.Target))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return b.store.ReviseMessage(ctx, m.ID, e.in.Text, gone, e.in.At)
}

// move records that a chat has another address from now on.
func (b *batch) move(ctx context.Context, e *event) error {
	chat := e.in.Values["chat"]
	if chat == "" || e.conversation == nil {
		return nil
	}
	a := e.in.Address
	a.Chat = bot.ChatID(chat)
	return b.store.MoveConversation(ctx, e.conversation.ID, conversationKey(a))
}

// reach records since when a person cannot be reached; zero is reachable.
func (b *batch) reach(ctx context.Context, e *event, gone time.Time) error {
	id := e.identity
	if id == nil || id.ID == 0 || id.GoneAt.IsZero() == gone.IsZero() {
		return nil
	}
	changed, err := b.store.UpdateIdentity(ctx, id.ID, func(i *crm.Identity) error { i.GoneAt = gone; return nil })
	if err == nil {
		*id = *changed
	}
	return err
}

func conversationKey(a bot.Address) crm.ConversationKey {
	return crm.ConversationKey{
		Platform: string(a.Platform), Install: string(a.Install), Chat: string(a.Chat), Topic: string(a.Topic),
	}
}

func identityKey(in *bot.Inbound) crm.IdentityKey {
	return crm.IdentityKey{
		Platform: string(in.Address.Platform), Install: string(in.Address.Install), Sender: string(in.Sender.ID),
	}
}
