package crm_test

import (
	"errors"
	"testing"
	"time"

	"crmbot/crm"
)

func TestBlock(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.Contacts
		c, talk := w.person(t, crm.Contact{Name: "Spam", OwnerID: w.id("wang.fang")}, "shop")
		other := &crm.Identity{Platform: "q", Install: "i", Sender: "1", ContactID: c.ID}
		if err := w.db.CreateIdentities(ctx, []*crm.Identity{other}); err != nil {
			t.Fatal(err)
		}
		blocked := func() [2]bool { return w.unheard(t, c) }
		ids := must(s.Block(ctx, w.as("wang.fang"), c.ID, "p", true))(t)
		if len(ids) != 1 || !ids[0].BlockedAt.Equal(w.now) || blocked() != [2]bool{true, false} {
			t.Errorf("blocked %+v, %v", ids, blocked())
		}
		if ids := must(s.Block(ctx, w.as("wang.fang"), c.ID, "p", true))(t); len(ids) != 0 {
			t.Errorf("again %+v", ids)
		}
		must(s.Block(ctx, w.as("admin"), c.ID, "", true))(t)
		if blocked() != [2]bool{true, true} {
			t.Errorf("everywhere %v", blocked())
		}
		must(s.Unblock(ctx, w.as("wang.fang"), c.ID, ""))(t)
		if blocked() != [2]bool{} {
			t.Errorf("unblocked %v", blocked())
		}
		if got := w.trail(t, c.Ref()); got != "blocked blocked unblocked unblocked" {
			t.Errorf("trail %q", got)
		}

		_, err := s.Block(ctx, w.as("zhou.na"), c.ID, "", true)
		want(t, err, "not_found")
		_, err = s.Block(ctx, customer(c), c.ID, "", true)
		want(t, err, "forbidden")
		w.ask(t, talk) // in everybody's sight now
		must(s.Block(ctx, w.as("zhou.na"), c.ID, "p", true))(t)
		if blocked() != [2]bool{true, false} {
			t.Errorf("by who answers %v", blocked())
		}
	})
}

func TestMute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, s := t.Context(), w.Contacts
	c, _ := w.person(t, crm.Contact{Name: "Spam", OwnerID: w.id("wang.fang")}, "shop")
	id := must(w.db.IdentitiesOf(ctx, c.ID, 0))(t)[0].ID
	for _, x := range []struct {
		what    string
		do      func() error
		unheard bool
	}{
		{"muted", func() error { return s.Mute(ctx, id, w.now.Add(time.Minute)) }, true},
		{"later", func() error { w.now = w.now.Add(time.Minute); return nil }, false},
		{"muted again", func() error { return s.Mute(ctx, id, w.now.Add(time.Hour)) }, true},
		{"let speak", func() error { _, err := s.Unblock(ctx, w.as("admin"), c.ID, ""); return err }, false},
	} {
		if err := x.do(); err != nil || w.unheard(t, c)[0] != x.unheard {
			t.Errorf("%s: %v, %v", x.what, w.unheard(t, c), err)
		}
	}
	want(t, s.Mute(ctx, 99, w.now), "not_found")
}

// unheard says whether somebody is not listened to, at p and at q.
func (w *world) unheard(t *testing.T, c *crm.Contact) (out [2]bool) {
	t.Helper()
	for _, i := range must(w.db.IdentitiesOf(t.Context(), c.ID, 0))(t) {
		n := 0
		if i.Platform == "q" {
			n = 1
		}
		out[n] = i.Muted(w.now)
	}
	return out
}

// What was done before a block is taken back as if it had not been.
func TestUndoPassesOverABlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.as("admin")
	c, _ := w.person(t, crm.Contact{Name: "Ana"}, "shop")
	must(w.Contacts.Set(ctx, by, c.ID, map[string]string{"name": "Bo"}))(t)
	must(w.Contacts.Block(ctx, by, c.ID, "", true))(t)
	must(w.Records.Undo(ctx, by))(t)
	ids, err := w.db.IdentitiesOf(ctx, c.ID, 0)
	if got := must(w.db.Contact(ctx, c.ID))(t); got.Name != "Ana" || ids[0].BlockedAt.IsZero() {
		t.Errorf("%+v, %+v, %v", got, ids[0], err)
	}
	_, err = w.Records.Undo(ctx, by)
	if !errors.As(err, new(*crm.Error)) || crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("undone too: %v", err)
	}
}
