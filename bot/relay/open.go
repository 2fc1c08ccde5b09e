package relay

import (
	"context"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// earlier is how many messages from before it was opened a thread begins with.
const earlier = 10

// Open has threads opened for the customer's conversation, one at each install
// of r.Company.Threads that fits, or taken up again. It says whether there is
// any place for them.
func Open(ctx context.Context, r *bot.Request) (bool, error) {
	of, err := customerOf(ctx, r, r.Conversation)
	if err != nil {
		return false, err
	}
	places, err := of.places(ctx, r)
	if err != nil || len(places) == 0 {
		return false, err
	}
	threads, err := threadsOf(ctx, r, of.Conversation, crm.ThreadOpening, crm.ThreadOpen)
	if err != nil {
		return false, err
	}
	after, err := lately(ctx, r, of.Conversation)
	if err != nil {
		return false, err
	}
	for _, p := range places {
		if there(threads, p) {
			continue
		}
		send(r, p.Address(), line("thread.open "+of.Ref().String(), "after", number(after)), time.Time{})
	}
	return true, nil
}

// there says whether one of the threads is at the install of a place.
func there(threads []*crm.Thread, p bot.ThreadPlace) bool {
	for _, t := range threads {
		if t.Platform == string(p.Platform) && t.Install == string(p.Install) {
			return true
		}
	}
	return false
}

// threadsOf are a conversation's threads in some states.
func threadsOf(ctx context.Context, r *bot.Request, c *crm.Conversation, states ...crm.ThreadState) ([]*crm.Thread, error) {
	found, _, err := r.Store.Threads(ctx, crm.ThreadFilter{Conversation: c.ID, States: states, Page: crm.Page{Limit: 50, Uncounted: true}})
	return found, err
}

// open is thread.open: the thread of a conversation at this install.
func open(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	first, _, _ := strings.Cut(strings.TrimSpace(r.Args.Text), " ")
	ref, ok := crm.ParseRef(first)
	if !ok || ref.Kind != crm.KindConversation {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("conversation")
	}
	c, err := r.Store.Conversation(ctx, crm.ConversationID(ref.ID))
	if err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	here := r.Conversation
	known, _, err := r.Store.Threads(ctx, crm.ThreadFilter{
		Conversation: c.ID, Platform: here.Platform, Install: here.Install,
		States: []crm.ThreadState{crm.ThreadOpening, crm.ThreadOpen, crm.ThreadClosed}, Page: crm.Page{Limit: 1, Uncounted: true},
	})
	if err != nil {
		return nil, err
	}
	for _, t := range known {
		if t.State != crm.ThreadClosed {
			return nil, nil
		}
		if r.Now.Sub(t.Closed) <= r.Company.Rules.Standard().Reopen {
			send(r, whereIs(t), line("thread.again", "thread", number(t.ID), "after", r.Args.String("after")), time.Time{})
			return nil, nil
		}
		if err := lose(ctx, r, t); err != nil { // too long ago: another matter
			return nil, err
		}
	}
	return nil, create(ctx, r, of)
}

// create makes the thread and asks the platform for its place.
func create(ctx context.Context, r *bot.Request, of *customer) error {
	cursor, err := begins(ctx, r, of.Conversation)
	if err != nil {
		return err
	}
	here := r.Conversation
	t := &crm.Thread{
		ConversationID: of.ID, Platform: here.Platform, Install: here.Install, Chat: here.Chat,
		State: crm.ThreadOpening, Cursor: cursor, Opened: r.Now.UTC(),
	}
	if err := r.Store.CreateThread(ctx, t); err != nil {
		return err
	}
	card, err := of.card(ctx, r, r.Words)
	if err != nil {
		return err
	}
	card.Share = true // its buttons are pressed in the thread
	post := bot.Post{
		Op: bot.OpThread, Reply: card, Stays: true,
		Done: line("thread.opened", "thread", number(t.ID)), Failed: line("thread.lost", "thread", number(t.ID)),
	}
	if of.AssigneeID != 0 {
		post.Notify = []crm.UserID{of.AssigneeID}
	}
	r.Post(post)
	if r.Args.Has("alarm") {
		return of.alarm(ctx, r)
	}
	return nil
}

// begins is the message that a new thread begins behind: what was said shortly
// before it was asked for matters, however much has come since, and nothing from
// before the last person's part ended. What a lost thread has not shown is shown
// in any case.
func begins(ctx context.Context, r *bot.Request, c *crm.Conversation) (crm.MessageID, error) {
	cursor := crm.MessageID(numbered(r, "after"))
	if !r.Args.Has("after") {
		var err error
		if cursor, err = lately(ctx, r, c); err != nil {
			return 0, err
		}
	}
	first, err := r.Store.Messages(ctx, c.ID, cursor, earlier+1)
	since := r.Now.Add(-24 * time.Hour)
	for _, m := range first[:max(len(first)-1, 0)] {
		if m.Received.Before(since) || !c.ClosedAt.IsZero() && m.Received.Before(c.ClosedAt) {
			cursor = m.ID
		}
	}
	if r.Args.Has("unshown") {
		cursor = min(cursor, crm.MessageID(numbered(r, "unshown")))
	}
	return cursor, err
}

// lately is the message behind which the last few stand.
func lately(ctx context.Context, r *bot.Request, c *crm.Conversation) (crm.MessageID, error) {
	last, err := r.Store.Messages(ctx, c.ID, 0, -earlier)
	if err != nil || len(last) == 0 {
		return 0, err
	}
	return last[0].ID - 1, nil
}

// opened is thread.opened: the platform has made the place.
func opened(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, err := r.Store.UpdateThread(ctx, crm.ThreadID(numbered(r, "thread")), func(t *crm.Thread) error {
		if t.State == crm.ThreadOpening {
			t.State, t.Head, t.Topic = crm.ThreadOpen, r.Args.String("id"), r.Args.String("topic")
		}
		return nil
	})
	if err != nil || t.State != crm.ThreadOpen {
		return nil, err
	}
	if t.Topic == "" { // the platform opened none: there is no such place
		r.Deliver(placeEvent(r, chat(t), line("thread.lost", "thread", number(t.ID), "why", "unsupported")), time.Time{})
		return nil, nil
	}
	send(r, whereIs(t), line("thread.catch", "thread", number(t.ID)), time.Time{})
	c, err := r.Store.Conversation(ctx, t.ConversationID)
	if err != nil {
		return nil, err
	}
	counts := len(r.Company.FeaturesOf(c.Platform, c.Install).Credits) > 0 // and something may have been said since
	if counts || c.Updated.After(t.Created) {                              // the card was drawn before
		send(r, whereIs(t), line("thread.card", "thread", number(t.ID)), time.Time{})
	}
	return nil, nil
}

// again is thread.again: the closed thread is taken up.
func again(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, of, err := threadOf(ctx, r)
	if err != nil || t == nil || t.State != crm.ThreadClosed {
		return nil, err
	}
	if err := takeUp(ctx, r, t, of); err != nil {
		return nil, err
	}
	return nil, catchUp(ctx, r, t, of, time.Time{})
}

// takeUp opens a closed thread, says so and draws its card.
func takeUp(ctx context.Context, r *bot.Request, t *crm.Thread, of *customer) error {
	cursor := crm.MessageID(numbered(r, "after"))
	if !r.Args.Has("after") {
		var err error
		if cursor, err = lately(ctx, r, of.Conversation); err != nil {
			return err
		}
	}
	now := r.Now.UTC()
	if !now.After(of.ClosedAt) { // by the same clock
		now = of.ClosedAt.Add(time.Microsecond)
	}
	changed, err := r.Store.UpdateThread(ctx, t.ID, func(t *crm.Thread) error {
		t.State, t.Opened, t.Closed = crm.ThreadOpen, now, time.Time{}
		t.Cursor = max(t.Cursor, cursor)
		return nil
	})
	if err != nil {
		return err
	}
	*t = *changed
	post := bot.Post{Reply: bot.Text(of.sentence(r, r.Words, "thread.again")), Stays: true}
	if of.AssigneeID != 0 {
		post.Notify = []crm.UserID{of.AssigneeID}
	}
	r.Post(post)
	return draw(ctx, r, t, of)
}

// threadOf is the thread that a line names with its customer, nil if it is lost
// or still being opened.
func threadOf(ctx context.Context, r *bot.Request) (*crm.Thread, *customer, error) {
	t, err := r.Store.Thread(ctx, crm.ThreadID(numbered(r, "thread")))
	if err != nil || t.State == crm.ThreadLost || t.State == crm.ThreadOpening {
		return nil, nil, err
	}
	c, err := r.Store.Conversation(ctx, t.ConversationID)
	if err != nil {
		return nil, nil, err
	}
	of, err := customerOf(ctx, r, c)
	return t, of, err
}
