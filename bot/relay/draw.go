package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Redraw has the cards of the customer's conversation drawn anew. Status of a
// thread follows that of the conversation.
func Redraw(ctx context.Context, r *bot.Request) error {
	threads, err := threadsOf(ctx, r, r.Conversation, crm.ThreadOpen, crm.ThreadClosed)
	for _, t := range threads {
		after := ""
		if t.State == crm.ThreadClosed && r.Conversation.Person() { // it is taken up again
			id, err := lately(ctx, r, r.Conversation)
			if err != nil {
				return err
			}
			after = number(id)
		}
		send(r, whereIs(t), line("thread.card", "thread", number(t.ID), "after", after), time.Time{})
	}
	return err
}

// redraw is thread.card.
func redraw(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, of, err := threadOf(ctx, r)
	if err != nil || t == nil {
		return nil, err
	}
	switch {
	case of.Person() && t.State == crm.ThreadClosed:
		if err := takeUp(ctx, r, t, of); err != nil {
			return nil, err
		}
		return nil, catchUp(ctx, r, t, of, time.Time{})
	case of.over(r, t):
		until := r.Now.UTC()
		if !of.ClosedAt.Before(t.Opened) {
			until = of.ClosedAt
		}
		changed, err := r.Store.UpdateThread(ctx, t.ID, func(t *crm.Thread) error {
			t.State, t.Closed = crm.ThreadClosed, until
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := catchUp(ctx, r, t, of, until); err != nil { // what was said before it was over
			return nil, err
		}
		t = changed
	}
	return nil, draw(ctx, r, t, of)
}

// over says whether nobody is needed in an open thread any more.
func (of *customer) over(r *bot.Request, t *crm.Thread) bool {
	if of.Person() || t.State != crm.ThreadOpen {
		return false
	}
	return of.ended(t) || r.Now.Sub(of.LastInAt) >= r.Company.Rules.Standard().Idle
}

// ended says whether a person's part has ended since a thread was opened.
func (of *customer) ended(t *crm.Thread) bool {
	return !of.Person() && !of.ClosedAt.IsZero() && !of.ClosedAt.Before(t.Opened)
}

// draw changes the card on top of a thread, if the platform can.
func draw(ctx context.Context, r *bot.Request, t *crm.Thread, of *customer) error {
	if t.Head == "" || !r.Features.Can(bot.OpEdit) {
		return nil
	}
	card, err := of.card(ctx, r, r.Words)
	if err != nil || same(r, card, of) {
		return err
	}
	r.Post(bot.Post{Op: bot.OpEdit, Target: bot.MessageID(t.Head), Reply: card, Stays: true})
	return nil
}

// drawnAs is where the session of a place keeps what its card shows.
const drawnAs = "card"

// same says whether a card shows nothing new, and remembers what it shows. How
// long somebody waits is left aside: it is never the same.
func same(r *bot.Request, card *bot.Reply, of *customer) bool {
	c := card.Cards[0]
	c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f bot.Field) bool { return f.Name == r.Words.Label("field.waits") })
	text, err := json.Marshal(c)
	if err != nil {
		return false
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", text, of.WaitsSince.Unix())
	now := strconv.FormatUint(h.Sum64(), 36)
	if r.Session.Values[drawnAs] == now {
		return true
	}
	if r.Session.Values == nil {
		r.Session.Values = map[string]string{}
	}
	r.Session.Values[drawnAs] = now
	r.Session.Changed()
	return false
}
