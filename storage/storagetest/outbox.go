package storagetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// spoken makes a conversation, and rows of the outbox with their messages.
func spoken(t *testing.T, s bot.Store, chat string, texts ...string) (crm.ConversationID, []*bot.OutboxRow) {
	t.Helper()
	c := &crm.Conversation{Platform: "p", Install: "i", Chat: chat, Direct: true, Audience: crm.AudienceCustomers}
	fine(t, s.CreateConversations(t.Context(), []*crm.Conversation{c}))
	var rows []*bot.OutboxRow
	for _, text := range texts {
		m := &crm.Message{ConversationID: c.ID, Direction: crm.Out, AuthorKind: crm.AuthorBot, Body: text, Happened: at(0), Received: at(0)}
		fine(t, s.CreateMessages(t.Context(), []*crm.Message{m}))
		rows = append(rows, &bot.OutboxRow{
			Conversation: c.ID, Message: m.ID, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Created: Clock(),
			Outgoing: bot.Outgoing{
				V: 1, Key: text, Op: bot.OpPost, Direct: true, Reply: bot.Text(text),
				To: bot.Address{Platform: "p", Install: "i", Chat: bot.ChatID(chat)},
			},
		})
	}
	fine(t, s.AddOutbox(t.Context(), rows))
	return c.ID, rows
}

func claim(t *testing.T, s bot.Store, owner string, after time.Duration) []*bot.OutboxRow {
	t.Helper()
	return ok(s.ClaimOutbox(t.Context(), bot.Claim{Owner: owner, Platform: "p", Install: "i", Now: Clock().Add(after), Limit: 10}))(t)
}

func keysOf(rows []*bot.OutboxRow) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.Outgoing.Key)
	}
	return out
}

func settleAll(t *testing.T, s bot.Store, owner string, state crm.Delivery, rows ...*bot.OutboxRow) {
	t.Helper()
	var all []bot.Settlement
	for _, r := range rows {
		all = append(all, bot.Settlement{Row: r, State: state, Native: "n-" + bot.MessageID(r.Outgoing.Key), At: at(1), DueAt: Clock().Add(time.Minute)})
	}
	fine(t, s.SettleOutbox(t.Context(), owner, all))
}

func outboxOrder(t *testing.T, s bot.Store) {
	ok(s.Beat(t.Context(), "one"))(t)
	_, rows := spoken(t, s, "1", "a", "b", "c")
	spoken(t, s, "2", "x")
	first := claim(t, s, "one", 0)
	same(t, "heads", keysOf(first), []string{"a", "x"})
	same(t, "as it was put in", first[0].Outgoing, rows[0].Outgoing)
	same(t, "while they are under way", keysOf(claim(t, s, "one", 0)), []string{})
	settleAll(t, s, "one", crm.DeliveryAccepted, first...)
	second := claim(t, s, "one", 0)
	same(t, "the next", keysOf(second), []string{"b"})
	settleAll(t, s, "one", crm.DeliveryQueued, second...)
	same(t, "behind one that waits", keysOf(claim(t, s, "one", 0)), []string{})
	again := claim(t, s, "one", time.Minute)
	same(t, "when it is due", keysOf(again), []string{"b"})
	settleAll(t, s, "one", crm.DeliveryFailed, again...)
	same(t, "behind one that was given up", keysOf(claim(t, s, "one", 0)), []string{"c"})
}

// outboxLent adds rows that one process sends at once.
func outboxLent(t *testing.T, s bot.Store) {
	ctx := t.Context()
	ok(s.Beat(ctx, "one"))(t)
	id, _ := spoken(t, s, "1", "before")
	row := func(id crm.ConversationID, chat, key string) *bot.OutboxRow {
		return &bot.OutboxRow{
			Conversation: id, Audience: crm.AudienceCustomers, Author: crm.AuthorBot, Created: Clock(), Owner: "one",
			Outgoing: bot.Outgoing{
				V: 1, Key: key, Op: bot.OpPost, Direct: true, Reply: bot.Text(key),
				To: bot.Address{Platform: "p", Install: "i", Chat: bot.ChatID(chat)},
			},
		}
	}
	behind, free, next := row(id, "1", "behind"), row(77, "2", "free"), row(77, "2", "next")
	next.Owner = ""
	fine(t, s.AddOutbox(ctx, []*bot.OutboxRow{behind, free, next}))
	same(t, "behind another", [2]any{behind.Owner, behind.ID == 0}, [2]any{"", true})
	same(t, "lent", [2]any{free.Owner, free.ID != 0}, [2]any{"one", true})
	same(t, "what anybody may take", keysOf(claim(t, s, "two", 0)), []string{"before"})
	settleAll(t, s, "one", crm.DeliveryAccepted, free)
	same(t, "the next of the lent one", keysOf(claim(t, s, "two", 0)), []string{"next"})
	fine(t, s.Hold(ctx, "p", "i", Clock().Add(time.Minute)))
	held, elsewhere := row(78, "3", "held"), row(79, "4", "elsewhere")
	elsewhere.Outgoing.To.Install = "j"
	fine(t, s.AddOutbox(ctx, []*bot.OutboxRow{held, elsewhere}))
	same(t, "an install that is held", [2]string{held.Owner, elsewhere.Owner}, [2]string{"", "one"})
	fine(t, s.ReleaseLeases(ctx, "one"))
	same(t, "of one that has ended", keysOf(ok(s.ClaimOutbox(ctx, bot.Claim{Owner: "two", Platform: "p", Install: "j", Now: Clock(), Limit: 9}))(t)),
		[]string{"elsewhere"})
}

func outboxOwner(t *testing.T, s bot.Store) {
	ctx := t.Context()
	ok(s.Beat(ctx, "one"))(t)
	for i := range 40 {
		spoken(t, s, fmt.Sprint(i), fmt.Sprint("k", i))
	}
	var mu sync.Mutex
	owners := map[string]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				rows, err := s.ClaimOutbox(ctx, bot.Claim{Owner: "one", Platform: "p", Install: "i", Now: Clock(), Limit: 3})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, r := range rows {
					owners[r.Outgoing.Key]++
				}
				mu.Unlock()
				if len(rows) == 0 {
					return
				}
			}
		})
	}
	all.Wait()
	for key, n := range owners {
		if n != 1 {
			t.Errorf("%s has %d owners", key, n)
		}
	}
	same(t, "claimed", len(owners), 40)
	lost := bot.Claim{Owner: "one", Platform: "p", Install: "i", Now: Clock(), Limit: 99, Lost: true}
	for i := range 38 {
		lost.Held = append(lost.Held, int64(i+1))
	}
	same(t, "after a lost answer", keysOf(ok(s.ClaimOutbox(ctx, lost))(t)), []string{"k38", "k39"})
	fine(t, s.ReleaseLeases(ctx, "one"))
	taken := claim(t, s, "dead", 0) // one that never beats
	same(t, "given back", len(taken), 10)
	stolen := claim(t, s, "two", 0)
	same(t, "taken from the dead", keysOf(stolen), keysOf(taken))
	settleAll(t, s, "dead", crm.DeliveryAccepted, taken[0])
	same(t, "a late outcome of the dead", ok(s.Parts(ctx, []crm.MessageID{taken[0].Message}))(t)[0].State, crm.DeliveryQueued)
}

func outboxOutcomes(t *testing.T, s bot.Store) {
	ctx := t.Context()
	ok(s.Beat(ctx, "one"))(t)
	fine(t, s.CreateIdentities(ctx, []*crm.Identity{{Platform: "p", Install: "i", Sender: "ana", Chat: "1"}}))
	id, rows := spoken(t, s, "1", "a", "b", "c")
	state := func(i int) string {
		p := ok(s.Parts(ctx, []crm.MessageID{rows[i].Message}))(t)[0]
		return fmt.Sprintf("%s %s %s", p.State, p.Native, p.Error)
	}
	same(t, "put in", state(0), "queued  ")
	settleAll(t, s, "one", crm.DeliveryAccepted, claim(t, s, "one", 0)...)
	same(t, "taken", state(0), "accepted n-a ")
	b := claim(t, s, "one", 0)
	fine(t, s.Delivered(ctx, id, rows[1].Message, at(2))) // the device was faster than the platform's answer
	settleAll(t, s, "one", crm.DeliveryAccepted, b...)
	same(t, "proved", state(0)+state(1), "delivered n-a delivered n-b ")
	c := claim(t, s, "one", 0)
	fine(t, s.SettleOutbox(ctx, "one", []bot.Settlement{{Row: c[0], State: crm.DeliveryFailed, Class: bot.RecipientGone, Cause: "403", At: at(3)}}))
	same(t, "gone", state(2), "failed  recipient_gone")
	who := ok(s.Identities(ctx, []crm.IdentityKey{{Platform: "p", Install: "i", Sender: "ana"}}))(t)
	same(t, "out of reach since", who[0].GoneAt, at(3))
}

func outboxWall(t *testing.T, s bot.Store) {
	id, _ := spoken(t, s, "1")
	row := func(audience crm.Audience, author crm.AuthorKind, by crm.UserID) error {
		return s.AddOutbox(t.Context(), []*bot.OutboxRow{{
			Conversation: id, Audience: audience, Author: author, ReleasedBy: by, Created: Clock(), Outgoing: bot.Outgoing{Op: bot.OpPost},
		}})
	}
	if row(crm.AudienceCustomers, crm.AuthorUser, 0) == nil || row(crm.AudienceCustomers, crm.AuthorContact, 0) == nil {
		t.Error("words that nobody released got through to a customer")
	}
	fine(t, row(crm.AudienceCustomers, crm.AuthorUser, 3))
	fine(t, row(crm.AudienceCustomers, crm.AuthorBot, 0))
	fine(t, row(crm.AudienceStaff, crm.AuthorUser, 0))
}

func outboxHold(t *testing.T, s bot.Store) {
	ctx := t.Context()
	spoken(t, s, "1", "a")
	fine(t, s.Hold(ctx, "p", "j", Clock().Add(time.Hour)))
	fine(t, s.Hold(ctx, "p", "i", Clock().Add(time.Minute)))
	fine(t, s.Hold(ctx, "p", "i", Clock().Add(time.Second))) // a hold is never shortened
	same(t, "held", keysOf(claim(t, s, "one", 2*time.Second)), []string{})
	same(t, "let go", keysOf(claim(t, s, "one", time.Minute)), []string{"a"})
}

func outboxExpire(t *testing.T, s bot.Store) {
	ctx := t.Context()
	_, rows := spoken(t, s, "1", "a")
	stale := *rows[0]
	stale.Position, stale.Outgoing.Key, stale.Outgoing.ExpiresAt = 1, "stale", Clock().Add(time.Hour)
	fine(t, s.AddOutbox(ctx, []*bot.OutboxRow{&stale}))
	same(t, "in time", ok(s.ExpireOutbox(ctx, Clock()))(t), 0)
	same(t, "too late", ok(s.ExpireOutbox(ctx, Clock().Add(2*time.Hour)))(t), 1)
	parts := ok(s.Parts(ctx, []crm.MessageID{rows[0].Message}))(t)
	same(t, "outcomes", []string{string(parts[0].State), string(parts[1].State), parts[1].Error}, []string{"queued", "failed", "expired"})
}
