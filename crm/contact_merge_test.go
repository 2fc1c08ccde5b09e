package crm_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"crmbot/crm"
)

// person is a contact with a chat of his own at an install.
func (w *world) person(t *testing.T, c crm.Contact, install string) (*crm.Contact, *crm.Conversation) {
	t.Helper()
	if err := w.db.CreateContacts(t.Context(), &c); err != nil {
		t.Fatal(err)
	}
	sender := c.ID.String()
	i := &crm.Identity{Platform: "p", Install: install, Sender: sender, Name: c.Name, ContactID: c.ID}
	v := &crm.Conversation{
		Platform: "p", Install: install, Chat: "chat of " + sender, Direct: true,
		Audience: crm.AudienceCustomers, Status: crm.ConversationOpen, ContactID: c.ID,
	}
	if err := errors.Join(w.db.CreateIdentities(t.Context(), []*crm.Identity{i}), w.db.CreateConversations(t.Context(), []*crm.Conversation{v})); err != nil {
		t.Fatal(err)
	}
	m := &crm.Message{ConversationID: v.ID, Direction: crm.In, Audience: crm.AudienceCustomer, Body: "by " + install, Happened: w.now}
	if err := w.db.CreateMessages(t.Context(), []*crm.Message{m}); err != nil {
		t.Fatal(err)
	}
	return &c, v
}

// Two contacts become one, with all they have, and two again.
func TestMerge(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), w.as("wang.fang")
		owner := by.User
		from, old := w.person(t, crm.Contact{Name: "小张", Phone: "+8613800000001", OwnerID: owner}, "shop")
		into, kept := w.person(t, crm.Contact{Name: "张伟", Email: "wei@example.com", OwnerID: owner}, "site")
		lead := w.lead(t, "wang.fang", crm.Lead{Name: "20 t", ContactID: from.ID})
		deal := &crm.Opportunity{Name: "20 t", ContactID: from.ID, OwnerID: owner}
		ticket := &crm.Ticket{Title: "破袋", ContactID: from.ID, Status: crm.TicketOpen, OwnerID: owner}
		if err := errors.Join(w.db.CreateOpportunity(ctx, deal), w.db.CreateTicket(ctx, ticket)); err != nil {
			t.Fatal(err)
		}
		must(w.Activities.Note(ctx, by, from.Ref(), "likes tea"))(t)

		plan := must(w.Contacts.PlanMerge(ctx, by, from.ID, into.ID))(t)
		moves := map[crm.Kind]int{
			crm.KindIdentity: 1, crm.KindConversation: 1, crm.KindLead: 1, crm.KindOpportunity: 1, crm.KindTicket: 1, crm.KindActivity: 1,
		}
		if plan.From.ID != from.ID || plan.Into.ID != into.ID || fmt.Sprint(plan.Moves) != fmt.Sprint(moves) || len(plan.Conflicts) != 0 {
			t.Errorf("plan %+v", plan)
		}
		if got := must(w.Contacts.Contact(ctx, by, from.ID))(t); got.ID != from.ID {
			t.Error("a plan changes nothing")
		}
		must(w.Contacts.Merge(ctx, by, from.ID, into.ID, false))(t)
		if got := must(w.Contacts.Contact(ctx, by, from.ID))(t); got.ID != into.ID {
			t.Errorf("found as %+v", got)
		}
		w.isOne(t, from, into, ticket)
		w.finds(t, "13800000001", into.Ref())
		w.finds(t, "小张", into.Ref())
		found, _, err := w.Contacts.List(ctx, by, crm.ContactFilter{Phone: from.Phone})
		if err != nil || len(found) != 1 || found[0].ID != into.ID {
			t.Errorf("by phone %v, %v", found, err)
		}
		w.ownAddress(t, old, kept)

		events := must(w.Records.Undo(ctx, by))(t)
		if len(events) != 1 || events[0].Verb != "merged" {
			t.Errorf("undone %+v", events)
		}
		if got := must(w.Contacts.Contact(ctx, by, from.ID))(t); got.ID != from.ID || got.MergedInto != 0 {
			t.Errorf("apart: %+v", got)
		}
		w.finds(t, "13800000001", from.Ref(), lead.Ref())
		w.finds(t, "小张", from.Ref())
		w.ownAddress(t, old, kept)
		if got := w.trail(t, from.Ref()); got != "merged undone" {
			t.Errorf("trail %q", got)
		}
	})
}

// isOne checks that what two were told and have is found with the one whom both are now.
func (w *world) isOne(t *testing.T, from, into *crm.Contact, ticket *crm.Ticket) {
	t.Helper()
	ctx, by := t.Context(), w.as("wang.fang")
	items := must(w.Contacts.Timeline(ctx, by, into.ID, 50))(t)
	told := ""
	for _, x := range items {
		switch {
		case x.Message != nil:
			told += x.Message.Body + ", "
		case x.Activity != nil:
			told += x.Activity.Body + ", "
		case x.Event.Verb == "merged":
			told += x.Event.Changes["merged"].To + ", "
		}
	}
	for _, s := range []string{"by shop", "by site", "likes tea", "张伟"} {
		if !strings.Contains(told, s) {
			t.Errorf("%q is not in the timeline: %s", s, told)
		}
	}
	notes, _, err := w.db.Activities(ctx, crm.ActivityFilter{Scope: crm.Everything(), Subject: into.Ref()})
	if err != nil || len(notes) != 1 {
		t.Errorf("notes about him: %v, %v", notes, err)
	}
	tickets, _, err := w.Tickets.List(ctx, customer(from), crm.TicketFilter{})
	if err != nil || len(tickets) != 1 || tickets[0].ID != ticket.ID {
		t.Errorf("he asks under his old self: %v, %v", tickets, err)
	}
	if me := must(w.Contacts.Contact(ctx, customer(from), from.ID))(t); me.ID != into.ID {
		t.Errorf("he is %+v", me)
	}
}

// finds checks what people find by a text: these and no others, but for leads.
func (w *world) finds(t *testing.T, text string, want ...crm.Ref) {
	t.Helper()
	for _, h := range must(w.Records.Find(t.Context(), crm.System(), text, []crm.Kind{crm.KindContact}, 9))(t) {
		if !slices.Contains(want, h.Ref) {
			t.Errorf("%q finds %s", text, h.Ref)
		}
		want = slices.DeleteFunc(want, func(r crm.Ref) bool { return r == h.Ref })
	}
	for _, r := range want {
		if r.Kind == crm.KindContact {
			t.Errorf("%q does not find %s", text, r)
		}
	}
}

// ownAddress checks that what is written in a conversation goes to the chat that
// it always went to, and nowhere else, whoever its contact is.
func (w *world) ownAddress(t *testing.T, talks ...*crm.Conversation) {
	t.Helper()
	for _, c := range talks {
		key := crm.ConversationKey{Platform: c.Platform, Install: c.Install, Chat: c.Chat}
		now := must(w.db.Conversation(t.Context(), c.ID))(t)
		if now.Platform != c.Platform || now.Install != c.Install || now.Chat != c.Chat || now.Topic != c.Topic || now.ContactID != c.ContactID {
			t.Errorf("%s moved: %+v", c.ID, now)
		}
		there := must(w.db.Conversations(t.Context(), []crm.ConversationKey{key}))(t)[key]
		if there == nil || there.ID != c.ID {
			t.Errorf("%s is no more at %v", c.ID, key)
		}
		senders := must(w.db.Identities(t.Context(), []crm.IdentityKey{{Platform: c.Platform, Install: c.Install, Sender: c.ContactID.String()}}))(t)
		if len(senders) != 1 || senders[0].ContactID != c.ContactID {
			t.Errorf("the sender of %s: %+v", c.ID, senders)
		}
	}
}

// Two people are not made one without somebody's yes.
func TestMergeOfTwoPeople(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name       string
		from, into crm.Contact
		at         [2]string
		conflicts  []crm.MergeConflict
	}{
		{"nothing against it", crm.Contact{Phone: "+861"}, crm.Contact{}, [2]string{"shop", "site"}, nil},
		{"the same phone", crm.Contact{Phone: "+861"}, crm.Contact{Phone: "+861"}, [2]string{"shop", "site"}, nil},
		{
			"two phones",
			crm.Contact{Phone: "+861"},
			crm.Contact{Phone: "+862"},
			[2]string{"shop", "site"},
			[]crm.MergeConflict{{From: "+861", Into: "+862"}},
		},
		{
			"two senders at one install",
			crm.Contact{Name: "Ana"},
			crm.Contact{Name: "Bo"},
			[2]string{"shop", "shop"},
			[]crm.MergeConflict{{Platform: "p", Install: "shop", From: "Ana", Into: "Bo"}},
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			by := w.as("li.wei")
			from, _ := w.person(t, x.from, x.at[0])
			into, _ := w.person(t, x.into, x.at[1])
			plan := must(w.Contacts.PlanMerge(t.Context(), by, from.ID, into.ID))(t)
			if !slices.Equal(plan.Conflicts, x.conflicts) {
				t.Errorf("conflicts %+v", plan.Conflicts)
			}
			if x.conflicts != nil {
				refused, err := w.Contacts.Merge(t.Context(), by, from.ID, into.ID, false)
				want(t, err, "conflict merge.two")
				if refused == nil || !slices.Equal(refused.Conflicts, x.conflicts) {
					t.Errorf("refused with %+v", refused)
				}
			}
			must(w.Contacts.Merge(t.Context(), by, from.ID, into.ID, x.conflicts != nil))(t)
			_, err := w.Contacts.Merge(t.Context(), by, from.ID, into.ID, true)
			want(t, err, "conflict merge.same")
		})
	}
}

func TestMergeRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	chain := make([]*crm.Contact, 4)
	for i := range chain {
		chain[i], _ = w.person(t, crm.Contact{Name: fmt.Sprint(i), OwnerID: w.id("wang.fang")}, fmt.Sprint("i", i))
	}
	merge := func(by string, from, into int) error {
		_, err := w.Contacts.Merge(ctx, w.as(by), chain[from].ID, chain[into].ID, false)
		return err
	}
	want(t, merge("wang.fang", 0, 0), "conflict merge.same")
	want(t, merge("zhou.na", 0, 1), "not_found")
	want(t, merge("zhao.min", 0, 1), "") // service mends contacts
	want(t, merge("wang.fang", 1, 0), "conflict merge.same")
	want(t, merge("wang.fang", 2, 0), "") // into what it was merged into
	want(t, merge("wang.fang", 0, 3), "") // all of them go on
	for i := range chain {
		if got := must(w.db.Contact(ctx, chain[i].ID))(t); got.ID != chain[3].ID {
			t.Errorf("%d is %s", i, got.ID)
		}
	}
	want(t, merge("wang.fang", 3, 2), "conflict merge.same")
	if got := len(must(w.db.ConversationsOf(ctx, chain[3].ID, 0))(t)); got != 4 {
		t.Errorf("%d conversations", got)
	}
	_, err := w.Contacts.Merge(ctx, customer(chain[0]), chain[0].ID, chain[1].ID, true)
	want(t, err, "not_found")
	_, err = w.Contacts.Merge(ctx, w.as("admin"), chain[0].ID, 999, true)
	want(t, err, "not_found")

	mine := &crm.Contact{Name: "mine"}
	must(w.Contacts.Create(ctx, w.as("chen.jie"), mine))(t)
	_, err = w.Contacts.Merge(ctx, w.as("admin"), mine.ID, chain[0].ID, false)
	want(t, err, "")
	_, err = w.Records.Undo(ctx, w.as("chen.jie")) // made, and merged since
	want(t, err, "conflict undo.changed")
}

// What one made and somebody merged others into is not unmade.
func TestUndoKeepsWhatOthersWereMergedInto(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.as("wang.fang")
	c := &crm.Contact{Name: "new"}
	must(w.Contacts.Create(ctx, by, c))(t)
	old := w.stranger(t, "old")
	must(w.Contacts.Merge(ctx, w.as("li.wei"), old.ID, c.ID, false))(t)
	_, err := w.Records.Undo(ctx, by)
	want(t, err, "conflict undo.changed")
	if got := must(w.db.Contact(ctx, old.ID))(t); got.ID != c.ID {
		t.Errorf("%+v", got)
	}
}

func TestDoubles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	c := w.stranger(t, "Ana")
	must(w.Contacts.Claim(ctx, c.ID, "13800000001"))(t)
	twin := &crm.Contact{Name: "Ana L", Phone: "+8613800000001", OwnerID: w.id("zhou.na")}
	if err := w.db.CreateContacts(ctx, twin); err != nil {
		t.Fatal(err)
	}
	got := must(w.Contacts.Doubles(ctx, w.as("wang.fang"), c.ID))(t) // out of her scope: reference and owner
	if !slices.Equal(got, []crm.Duplicate{{Ref: twin.Ref(), Owner: w.id("zhou.na")}}) {
		t.Errorf("doubles %+v", got)
	}
	must(w.Contacts.Merge(ctx, w.as("admin"), c.ID, twin.ID, false))(t)
	if got := must(w.Contacts.Doubles(ctx, w.as("admin"), c.ID))(t); len(got) != 0 {
		t.Errorf("one and the same: %+v", got)
	}
	_, err := w.Contacts.Doubles(ctx, w.as("wang.fang"), twin.ID)
	want(t, err, "not_found")
}

// Merges at once, in every direction, make no circle.
func TestMergesAtOnce(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		var ids []crm.ContactID
		for i := range 4 {
			c, _ := w.person(t, crm.Contact{}, fmt.Sprint("i", i))
			ids = append(ids, c.ID)
		}
		var all sync.WaitGroup
		for i := range ids {
			for j := range ids {
				all.Go(func() {
					_, err := w.Contacts.Merge(t.Context(), crm.System(), ids[i], ids[j], true)
					if code := crm.CodeOf(err); code != "" && code != crm.CodeConflict {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		roots := map[crm.ContactID]bool{}
		for _, id := range ids {
			c := must(w.db.Contact(t.Context(), id))(t)
			if c.MergedInto != 0 {
				t.Fatalf("a circle at %s", c.ID)
			}
			roots[c.ID] = true
		}
		if len(roots) != 1 {
			t.Errorf("%d people", len(roots))
		}
	})
}
