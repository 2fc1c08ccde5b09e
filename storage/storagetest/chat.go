package storagetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

func conversations(t *testing.T, s bot.Store) {
	ctx := t.Context()
	here := crm.ConversationKey{Platform: "p", Install: "i", Chat: "1", Topic: "t"}
	a := &crm.Conversation{Platform: "p", Install: "i", Chat: "1", Topic: "t", ContactID: 4}
	twice := &crm.Conversation{Platform: "p", Install: "i", Chat: "1", Topic: "t"}
	b := &crm.Conversation{Platform: "p", Install: "i", Chat: "1", UserID: 5}
	fine(t, s.CreateConversations(ctx, []*crm.Conversation{a, twice, b}))
	if a.ID == 0 || b.ID == 0 || twice.ID != 0 {
		t.Errorf("ids %d %d %d", a.ID, b.ID, twice.ID)
	}
	late := &crm.Conversation{Platform: "p", Install: "i", Chat: "1", Topic: "t"}
	c := &crm.Conversation{Platform: "p", Install: "i", Chat: "3"}
	fine(t, s.CreateConversations(ctx, []*crm.Conversation{late, c}))
	if late.ID != 0 || c.ID == 0 {
		t.Errorf("late %d, new %d", late.ID, c.ID)
	}
	_, err := s.Conversation(ctx, max(a.ID, b.ID)+1) // the late one's row was taken back
	if c.ID != max(a.ID, b.ID)+1 {
		wantCode(t, "the late one", err, crm.CodeNotFound)
	}
	same(t, "at the keys", ok(s.Conversations(ctx, []crm.ConversationKey{here, {Chat: "?"}}))(t),
		map[crm.ConversationKey]*crm.Conversation{here: a})
	same(t, "at no key", len(ok(s.Conversations(ctx, nil))(t)), 0)
	same(t, "of the contact", ok(s.ConversationsOf(ctx, 4, 0))(t), []*crm.Conversation{a})
	same(t, "of the user", ok(s.ConversationsOf(ctx, 0, 5))(t), []*crm.Conversation{b})

	there := crm.ConversationKey{Platform: "p", Install: "i", Chat: "-100"}
	fine(t, s.MoveConversation(ctx, a.ID, there))
	fine(t, s.MoveConversation(ctx, a.ID, there)) // once more is no harm
	both := ok(s.Conversations(ctx, []crm.ConversationKey{here, there}))(t)
	same(t, "found at both addresses", both, map[crm.ConversationKey]*crm.Conversation{here: a, there: a})
	if both[here] != both[there] {
		t.Error("one conversation came back as two")
	}
	fine(t, s.MoveConversation(ctx, c.ID, there))
	same(t, "an address leads to one place", ok(s.Conversations(ctx, []crm.ConversationKey{there}))(t)[there].ID, c.ID)

	got := ok(s.UpdateConversation(ctx, a.ID, func(x *crm.Conversation) error {
		x.Status, x.LastInAt = crm.ConversationHandedOff, at(3)
		return nil
	}))(t)
	same(t, "changed", ok(s.Conversation(ctx, a.ID))(t), got)
}

func conversationRace(t *testing.T, s bot.Store) {
	const processes, chats = 8, 60
	var lock sync.Mutex
	var all sync.WaitGroup
	made := map[string]crm.ConversationID{}
	for p := range processes {
		all.Go(func() {
			var batch []*crm.Conversation
			for i := range chats {
				batch = append(batch, &crm.Conversation{Platform: "p", Chat: fmt.Sprint((i*7 + p*13) % chats)})
			}
			err := s.CreateConversations(t.Context(), batch)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				t.Errorf("create: %v", err)
			}
			for _, x := range batch {
				if x.ID != 0 && made[x.Chat] != 0 {
					t.Errorf("chat %s was made twice", x.Chat)
				}
				if x.ID != 0 {
					made[x.Chat] = x.ID
				}
			}
		})
	}
	all.Wait()
	var keys []crm.ConversationKey
	for chat := range made {
		keys = append(keys, crm.ConversationKey{Platform: "p", Chat: chat})
	}
	same(t, "chats", len(keys), chats)
	for key, c := range ok(s.Conversations(t.Context(), keys))(t) {
		same(t, "chat "+key.Chat, c.ID, made[key.Chat])
	}
}

func messages(t *testing.T, s bot.Store) {
	ctx := t.Context()
	var batch []*crm.Message
	for i := range 300 {
		batch = append(batch, &crm.Message{
			ConversationID: crm.ConversationID(1 + i%3), Body: fmt.Sprint(i), Native: fmt.Sprint("n", i/3),
			Happened: at(i), Received: at(i + 1),
		})
	}
	fine(t, s.CreateMessages(ctx, batch))
	fine(t, s.CreateMessages(ctx, nil))
	bodies := func(list []*crm.Message) (out []string) {
		for _, m := range list {
			out = append(out, m.Body)
		}
		return out
	}
	same(t, "as written", ok(s.Messages(ctx, 1, 0, 2))(t), []*crm.Message{batch[0], batch[3]})
	same(t, "after one", bodies(ok(s.Messages(ctx, 1, batch[3].ID, 2))(t)), []string{"6", "9"})
	same(t, "the latest", bodies(ok(s.Messages(ctx, 2, 0, -2))(t)), []string{"295", "298"})
	same(t, "the latest after one", bodies(ok(s.Messages(ctx, 2, batch[295].ID, -5))(t)), []string{"298"})
	same(t, "none", len(ok(s.Messages(ctx, 9, 0, 5))(t)), 0)
	same(t, "by native id", ok(s.MessageByNative(ctx, 2, "n7"))(t).Body, "22")
	same(t, "no parts", len(ok(s.Parts(ctx, []crm.MessageID{1, 2}))(t)), 0)
	same(t, "no parts of nothing", len(ok(s.Parts(ctx, nil))(t)), 0)

	m := batch[0]
	fine(t, s.ReviseMessage(ctx, m.ID, "better", false, at(900)))
	m.Body, m.Edited = "better", at(900)
	same(t, "edited", ok(s.Messages(ctx, 1, m.ID-1, 1))(t)[0], m)
	fine(t, s.ReviseMessage(ctx, m.ID, "", true, at(901)))
	m.Body, m.Deleted = "", at(901)
	same(t, "deleted", ok(s.Messages(ctx, 1, m.ID-1, 1))(t)[0], m)

	fine(t, s.CreateConversations(ctx, []*crm.Conversation{{Chat: "1", ContactID: 7}, {Chat: "2", ContactID: 7}, {Chat: "3", ContactID: 8}}))
	same(t, "timeline over two chats", bodies(ok(s.Timeline(ctx, 7, 3))(t)), []string{"298", "297", "295"})
	same(t, "of nobody", len(ok(s.Timeline(ctx, 0, 3))(t)), 0)
	latest := ok(s.LatestMessages(ctx, []crm.ConversationID{1, 2, 2, 9}, 2))(t)
	same(t, "the latest of each", [][]string{bodies(latest[1]), bodies(latest[2]), bodies(latest[3]), bodies(latest[9])},
		[][]string{{"294", "297"}, {"295", "298"}, nil, nil})
	same(t, "the latest of all that was said", len(ok(s.LatestMessages(ctx, []crm.ConversationID{3}, 1000))(t)[3]), 100)
	same(t, "the latest of nothing", len(ok(s.LatestMessages(ctx, nil, 2))(t)), 0)
}

func media(t *testing.T, s bot.Store) {
	ctx := t.Context()
	one := &crm.Media{MessageID: 1, Position: 1, Name: "报价.pdf", Native: "f1", State: crm.MediaWaiting}
	two := &crm.Media{MessageID: 1, Position: 0, State: crm.MediaWaiting}
	three := &crm.Media{MessageID: 2, State: crm.MediaWaiting}
	fine(t, s.CreateMedia(ctx, []*crm.Media{one, two, three}))
	same(t, "in order", ok(s.MediaOf(ctx, []crm.MessageID{2, 1}))(t), []*crm.Media{two, one, three})

	random := rand.NewChaCha8([32]byte{1})
	for size, id := range map[int]int64{0: one.ID, 256<<10 + 1: two.ID, 700_000: three.ID} {
		data := make([]byte, size)
		_, _ = random.Read(data)
		for range 2 { // a job may run twice
			fine(t, s.StoreMedia(ctx, id, "image/png", bytes.NewReader(data)))
		}
		sum := sha256.Sum256(data)
		r := ok(s.OpenMedia(ctx, hex.EncodeToString(sum[:])))(t)
		got := ok(io.ReadAll(r))(t)
		fine(t, r.Close())
		if !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d others", size, len(got))
		}
	}
	got := ok(s.MediaOf(ctx, []crm.MessageID{2}))(t)[0]
	three.MIME, three.Size, three.State, three.Hash = "image/png", 700_000, crm.MediaStored, got.Hash
	same(t, "stored", got, three)
	fine(t, s.FailMedia(ctx, one.ID, "gone"))
	got = ok(s.MediaOf(ctx, []crm.MessageID{1}))(t)[1]
	same(t, "failed", []any{got.State, got.Error}, []any{crm.MediaFailed, "gone"})
	wantCode(t, "too large", s.StoreMedia(ctx, two.ID, "", bytes.NewReader(make([]byte, crm.MediaMax+1))), crm.CodeInvalid)
	broken := errors.New("broke off")
	cut := io.MultiReader(bytes.NewReader(make([]byte, 300_000)), iotest.ErrReader(broken))
	if err := s.StoreMedia(ctx, two.ID, "", cut); !errors.Is(err, broken) {
		t.Errorf("bytes that broke off: %v", err)
	}
	same(t, "as it was", ok(s.MediaOf(ctx, []crm.MessageID{1}))(t)[0].State, crm.MediaStored)
}

// merged contacts keep what is theirs, and it is found from the one they were
// merged into.
func merged(t *testing.T, s bot.Store) {
	ctx := t.Context()
	fine(t, s.CreateContacts(ctx, &crm.Contact{Name: "kept"}, &crm.Contact{Name: "same"}, &crm.Contact{Name: "again"}))
	for from, into := range map[crm.ContactID]crm.ContactID{2: 1, 3: 2} {
		ok(s.UpdateContact(ctx, from, func(c *crm.Contact) error { c.MergedInto = into; return nil }))(t)
	}
	same(t, "followed twice", ok(s.Contact(ctx, 3))(t).Name, "kept")
	fine(t, s.CreateIdentities(ctx, []*crm.Identity{{Sender: "1", ContactID: 1}, {Sender: "3", ContactID: 3}}))
	fine(t, s.CreateConversations(ctx, []*crm.Conversation{{Chat: "3", ContactID: 3}}))
	fine(t, s.CreateMessages(ctx, []*crm.Message{{ConversationID: 1, Body: "hello"}}))
	fine(t, s.CreateLead(ctx, &crm.Lead{ContactID: 3}))
	fine(t, s.CreateTicket(ctx, &crm.Ticket{ContactID: 2}))
	same(t, "identities", len(ok(s.IdentitiesOf(ctx, 1, 0))(t)), 2)
	same(t, "conversations", len(ok(s.ConversationsOf(ctx, 1, 0))(t)), 1)
	same(t, "timeline", len(ok(s.Timeline(ctx, 1, 5))(t)), 1)
	same(t, "leads", ok(total(s.Leads(ctx, crm.LeadFilter{Scope: everything, Contact: 1})))(t), 1)
	same(t, "tickets", ok(total(s.Tickets(ctx, crm.TicketFilter{Scope: everything, Contact: 1})))(t), 1)
	fine(t, s.CreateOpportunity(ctx, &crm.Opportunity{ContactID: 3}))
	fine(t, s.CreateActivity(ctx, &crm.Activity{ContactID: 3, SubjectKind: crm.KindContact, SubjectID: 2}))
	same(t, "deals", ok(total(s.Opportunities(ctx, crm.OpportunityFilter{Scope: everything, Contact: 1})))(t), 1)
	same(t, "activities", ok(total(s.Activities(ctx, crm.ActivityFilter{Scope: everything, Contact: 1})))(t), 1)
	same(t, "about him", ok(total(s.Activities(ctx, crm.ActivityFilter{Scope: everything, Subject: crm.Ref{Kind: crm.KindContact, ID: 1}})))(t), 1)
	same(t, "merged ones", refs(ok(s.MergedContacts(ctx, 1))(t)), []string{"CON-2", "CON-3"})
	same(t, "merged into a merged one", refs(ok(s.MergedContacts(ctx, 2))(t)), []string{"CON-3"})
	same(t, "merged into nobody", len(ok(s.MergedContacts(ctx, 0))(t)), 0)
	ok(s.UpdateContact(ctx, 2, func(c *crm.Contact) error { c.MergedInto = 0; return nil }))(t)
	same(t, "undone", ok(s.Contact(ctx, 3))(t).Name, "same")
	same(t, "and apart", len(ok(s.IdentitiesOf(ctx, 1, 0))(t)), 1)
}

// edge is text that a database would refuse, and times it would change.
func edge(t *testing.T, s bot.Store) {
	ctx := t.Context()
	l := &crm.Lead{
		Name: "a\x00b", Company: "bad \xff\xfe utf-8", Need: "'; DROP TABLE leads; --", Phone: `\`,
		First: crm.Source{At: time.Date(2026, 3, 1, 8, 0, 0, 999_999_999, time.FixedZone("CST", 8*3600))},
	}
	fine(t, s.CreateLead(ctx, l))
	got := ok(s.Lead(ctx, l.ID))(t)
	same(t, "NUL", got.Name, "ab")
	same(t, "UTF-8", got.Company, "bad \uFFFD utf-8")
	same(t, "quotes", got.Need, "'; DROP TABLE leads; --")
	same(t, "backslash", got.Phone, `\`)
	same(t, "time", got.First.At, time.Date(2026, 3, 1, 0, 0, 0, 999_999_000, time.UTC))
	list, n, err := s.Leads(ctx, crm.LeadFilter{Scope: everything, Phone: "\\\x00"})
	want(t, "NUL in a filter", list, n, err, "LEAD-1")
	_, err = s.Search(ctx, crm.Search{Text: "\x00'\"& | ! :* (\xff", Scopes: scopesOf(crm.KindLead)})
	fine(t, err)
	a := &crm.Article{Slug: "s", Phrasings: []string{"a\x00b", `back\u0000slash`, "\\"}}
	fine(t, s.CreateArticle(ctx, a))
	same(t, "NUL in JSON", ok(s.Article(ctx, a.ID))(t).Phrasings, []string{"ab", `back\u0000slash`, "\\"})
}
