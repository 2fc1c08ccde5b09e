package crm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"crmbot/bot"
	"crmbot/crm"
)

// Whatever is merged and undone, everybody is exactly one, each finds what is his
// from there, and every conversation stays where it is.
func TestMergesProperty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids [crowd]crm.ContactID
	var talks [crowd]*crm.Conversation
	for i := range crowd {
		c, v := w.person(t, crm.Contact{Name: fmt.Sprint("n", i)}, fmt.Sprint("i", i))
		ids[i], talks[i] = c.ID, v
	}
	rapid.Check(t, func(rt *rapid.T) {
		err := w.db.Transact(context.Background(), func(ctx context.Context, store bot.Store) error {
			m := &merging{
				Services: crm.NewServices(store, func() time.Time { return w.now }, w.Settings),
				store:    store, by: w.as("admin"), ids: ids, talks: talks, group: [crowd]int{0, 1, 2, 3, 4},
			}
			do := map[string]func(*rapid.T){"merge": m.merge, "undo": m.undo}
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				do[rapid.SampledFrom([]string{"merge", "merge", "undo"}).Draw(rt, "do")](rt)
				m.look(rt)
			}
			return errOver
		})
		if !errors.Is(err, errOver) {
			rt.Fatal(err)
		}
	})
}

const crowd = 5

// merging is what TestMergesProperty has done so far.
type merging struct {
	*crm.Services
	store  bot.Store
	by     crm.Actor
	ids    [crowd]crm.ContactID
	talks  [crowd]*crm.Conversation
	group  [crowd]int   // the root of each
	before [][crowd]int // the groups before each merge
}

func (m *merging) merge(rt *rapid.T) {
	from, into := rapid.IntRange(0, crowd-1).Draw(rt, "from"), rapid.IntRange(0, crowd-1).Draw(rt, "into")
	_, err := m.Contacts.Merge(context.Background(), m.by, m.ids[from], m.ids[into], true)
	if same := m.group[from] == m.group[into]; same != (crm.CodeOf(err) == crm.CodeConflict) || !same && err != nil {
		rt.Fatalf("merge of %d into %d, same %v: %v", from, into, same, err)
	}
	if err != nil {
		return
	}
	m.before = append(m.before, m.group)
	for i, root := range m.group {
		if root == m.group[from] && i != from {
			m.group[i] = m.group[into]
		}
	}
	m.group[from] = m.group[into]
}

func (m *merging) undo(rt *rapid.T) {
	_, err := m.Records.Undo(context.Background(), m.by)
	if (err == nil) != (len(m.before) > 0) {
		rt.Fatalf("undo of %d: %v", len(m.before), err)
	}
	if err == nil {
		m.group, m.before = m.before[len(m.before)-1], m.before[:len(m.before)-1]
	}
}

func (m *merging) look(rt *rapid.T) {
	i := rapid.IntRange(0, crowd-1).Draw(rt, "look at")
	c, err := m.store.Contact(context.Background(), m.ids[i])
	if err != nil || c.ID != m.ids[m.group[i]] {
		rt.Fatalf("%d is %v, want %s: %v", i, c, m.ids[m.group[i]], err)
	}
	have, err := m.store.ConversationsOf(context.Background(), c.ID, 0)
	if err != nil || !slices.ContainsFunc(have, func(x *crm.Conversation) bool {
		return x.ID == m.talks[i].ID && x.Chat == m.talks[i].Chat && x.Install == m.talks[i].Install
	}) {
		rt.Fatalf("%d has %v: %v", i, have, err)
	}
	n := 0
	for _, root := range m.group {
		if root == m.group[i] {
			n++
		}
	}
	hits, err := m.store.Search(context.Background(), crm.Search{Text: fmt.Sprint("n", i), Scopes: map[crm.Kind]crm.Scope{crm.KindContact: crm.Everything()}})
	if err != nil || len(have) != n || len(hits) != 1 || hits[0].Ref != c.Ref() {
		rt.Fatalf("%d: %d chats of %d, found as %v: %v", i, len(have), n, hits, err)
	}
}
