package relay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

const (
	mostLines = 30              // of one event; the rest follows with the next
	fileWait  = time.Minute     // how long a thread waits for the bytes of a file
	fileEvery = 3 * time.Second // and how often it looks
)

// Show has everything new in the customer's conversation r.Conversation shown in
// its threads. It costs one statement where there are none.
func Show(ctx context.Context, r *bot.Request) error {
	if len(r.Features.Credits) > 0 && r.Inbound.Kind != bot.KindSystem && r.Inbound.Kind != bot.KindNote {
		if err := wake(ctx, r); err != nil {
			return err
		}
	}
	threads, err := threadsOf(ctx, r, r.Conversation, crm.ThreadOpen)
	for _, t := range threads {
		look := line("thread.catch", "thread", number(t.ID))
		if !sends(r, whereIs(t), look) {
			send(r, whereIs(t), look, time.Time{})
		}
	}
	return err
}

// sends says whether a request gives a thread a line already.
func sends(r *bot.Request, to bot.Address, line string) bool {
	return slices.ContainsFunc(r.Effects().Inbounds, func(d bot.Delayed) bool {
		return d.Inbound.Action == line && d.Inbound.Address == to && d.At.IsZero()
	})
}

// Follow has everything new in r.Conversation shown in its closed threads too,
// which stay closed: what a customer says of the help he got.
func Follow(ctx context.Context, r *bot.Request) error {
	threads, err := threadsOf(ctx, r, r.Conversation, crm.ThreadClosed)
	for _, t := range threads {
		if r.Now.Sub(t.Closed) <= r.Company.Rules.Standard().Reopen {
			send(r, whereIs(t), line("thread.catch", "thread", number(t.ID), "all", "yes"), time.Time{})
		}
	}
	return err
}

// wake lets the words go that wait for the customer to write.
func wake(ctx context.Context, r *bot.Request) error {
	found, _, err := r.Store.Releases(ctx, crm.ReleaseFilter{
		Conversation: r.Conversation.ID, States: []crm.ReleaseState{crm.ReleaseHeld}, Page: crm.Page{Limit: mostDraft, Uncounted: true},
	})
	if err != nil {
		return err
	}
	for _, rel := range slices.Backward(found) { // in the order in which they were written
		if rel.Why != whyWaits {
			continue
		}
		rel.Why, rel.Due = "", r.Now.UTC()
		if err := turn(ctx, r, rel, crm.ReleaseHeld); err != nil {
			return err
		}
		if err := orderAt(ctx, r, r.Conversation, line("relay.send", "release", number(rel.ID)), rel.Due); err != nil {
			return err
		}
	}
	return nil
}

// catch is thread.catch: the thread shows what it has not shown yet.
func catch(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, of, err := threadOf(ctx, r)
	if err != nil || t == nil {
		return nil, err
	}
	if r.Args.Has("all") {
		return nil, catchUp(ctx, r, t, of, time.Time{})
	}
	return nil, catchUp(ctx, r, t, of, of.until(t))
}

// until is the end of what a thread shows: when it was closed, or the person's
// part has ended though the thread has not heard of it yet; zero is no end.
func (of *customer) until(t *crm.Thread) time.Time {
	switch {
	case t.State == crm.ThreadClosed:
		return t.Closed
	case of.ended(t):
		return of.ClosedAt
	}
	return time.Time{}
}

// catchUp shows the messages behind the cursor, each once and in order, and
// moves the cursor in the same transaction. It goes as far as until, if that is
// a time.
func catchUp(ctx context.Context, r *bot.Request, t *crm.Thread, of *customer, until time.Time) error {
	fresh, err := r.Store.Messages(ctx, of.ID, t.Cursor, mostLines+1)
	if err != nil || len(fresh) == 0 {
		return err
	}
	media, err := mediaOf(ctx, r, fresh)
	if err != nil {
		return err
	}
	cursor, more := t.Cursor, false
	for i, m := range fresh {
		if i == mostLines {
			more = true
			break
		}
		if !until.IsZero() && m.Received.After(until) {
			break
		}
		if waiting(r, m, media[m.ID]) {
			waitFor(r, t, m)
			break
		}
		cursor = m.ID
		if reply := of.mirrored(ctx, r, t, m, media[m.ID]); reply != nil {
			r.Post(bot.Post{Reply: reply, Label: mirror(m.ID), Stays: true})
			of.translate(r, t, m)
		}
	}
	if more {
		send(r, whereIs(t), line("thread.catch", "thread", number(t.ID)), time.Time{})
	}
	if cursor == t.Cursor {
		return nil
	}
	_, err = r.Store.UpdateThread(ctx, t.ID, func(t *crm.Thread) error {
		t.Cursor = max(t.Cursor, cursor)
		return nil
	})
	return err
}

// mirror is what the line of a customer's message is called in a thread.
func mirror(id crm.MessageID) string { return "m:" + number(id) }

// mediaOf are the files of messages.
func mediaOf(ctx context.Context, r *bot.Request, messages []*crm.Message) (map[crm.MessageID][]*crm.Media, error) {
	ids := make([]crm.MessageID, len(messages))
	for i, m := range messages {
		ids[i] = m.ID
	}
	all, err := r.Store.MediaOf(ctx, ids)
	of := map[crm.MessageID][]*crm.Media{}
	for _, m := range all {
		of[m.MessageID] = append(of[m.MessageID], m)
	}
	return of, err
}

// waiting says whether the bytes of a message's files may still come.
func waiting(r *bot.Request, m *crm.Message, files []*crm.Media) bool {
	if r.Now.Sub(m.Received) >= fileWait {
		return false
	}
	for _, f := range files {
		if f.State == crm.MediaWaiting {
			return true
		}
	}
	return false
}

// waitFor looks again soon. However many events look, one of each moment is
// enough.
func waitFor(r *bot.Request, t *crm.Thread, m *crm.Message) {
	at := r.Now.UTC().Truncate(fileEvery).Add(fileEvery)
	in := placeEvent(r, whereIs(t), line("thread.catch", "thread", number(t.ID)))
	in.EventID = fmt.Sprintf("catch:%d:%d:%d", t.ID, m.ID, at.Unix())
	r.Deliver(in, at)
}
