package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

func TestContactSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	account := must(w.Accounts.Ensure(t.Context(), by, "融氏"))(t)
	c := &crm.Contact{Name: "张伟"}
	must(w.Contacts.Create(t.Context(), by, c))(t)
	got := must(w.Contacts.Set(t.Context(), by, c.ID, map[string]string{"account": "融氏", "phone": "13800000000", "title": "采购"}))(t)
	if got.AccountID != account.ID || got.Phone != "+8613800000000" || got.Title != "采购" {
		t.Errorf("contact %+v", got)
	}
	history := must(w.Records.History(t.Context(), by, c.Ref(), 1))(t)
	if ch := history[0].Changes["account"]; ch.To != "融氏" {
		t.Errorf("the trail says %+v", ch)
	}
	got = must(w.Contacts.Set(t.Context(), by, c.ID, map[string]string{"account": ""}))(t)
	if got.AccountID != 0 {
		t.Errorf("still at %v", got.AccountID)
	}
	must(w.Contacts.Set(t.Context(), by, c.ID, map[string]string{"account": account.Ref().String()}))(t)
	for fields, code := range map[[2]string]string{
		{"account", "nobody"}: "invalid account.unknown", {"account", "ACC-99"}: "invalid account.unknown",
		{"phone", "x"}: "invalid phone.bad", {"owner", "me"}: "invalid field.unknown",
	} {
		_, err := w.Contacts.Set(t.Context(), by, c.ID, map[string]string{fields[0]: fields[1]})
		want(t, err, code)
	}
	_, err := w.Contacts.Set(t.Context(), w.as("zhou.na"), c.ID, map[string]string{"title": "x"})
	want(t, err, "not_found")
	must(w.Contacts.Set(t.Context(), w.as("zhao.min"), c.ID, map[string]string{"title": "x"}))(t)
	_, err = w.Contacts.Assign(t.Context(), w.as("zhao.min"), c.ID, w.id("zhou.na"))
	want(t, err, "forbidden forbidden.sales")
}

func TestArrive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	for i, name := range []string{"baidu", "exhibition"} {
		w.now = w.now.Add(time.Duration(i) * time.Hour)
		if err := w.Contacts.Arrive(t.Context(), c.ID, crm.Source{Name: name, Raw: "q" + name}); err != nil {
			t.Fatal(err)
		}
	}
	got := must(w.db.Contact(t.Context(), c.ID))(t)
	if got.First.Name != "baidu" || got.First.Raw != "qbaidu" || got.Latest.Name != "exhibition" || !got.Latest.At.Equal(w.now) || !got.First.At.Before(w.now) {
		t.Errorf("sources %+v, %+v", got.First, got.Latest)
	}
}

func TestOptOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	for _, out := range []bool{true, true, false} {
		if err := w.Contacts.OptOut(t.Context(), c.ID, out); err != nil {
			t.Fatal(err)
		}
		if got := must(w.db.Contact(t.Context(), c.ID))(t); got.OptedOut.IsZero() == out {
			t.Errorf("opted out %v: %v", out, got.OptedOut)
		}
	}
	if got := w.trail(t, c.Ref()); got != "stopped stopped" {
		t.Errorf("trail %q", got)
	}
	want(t, w.Contacts.OptOut(t.Context(), 99, true), "not_found")
}

// A merged contact is found, changed and written to as what it became.
func TestMergedContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, now := w.stranger(t, "Ana"), w.stranger(t, "Ana B.")
	if _, err := w.db.UpdateContact(t.Context(), old.ID, func(c *crm.Contact) error { c.MergedInto = now.ID; return nil }); err != nil {
		t.Fatal(err)
	}
	got := must(w.Contacts.Share(t.Context(), old.ID, "13800000000"))(t)
	if got.ID != now.ID {
		t.Errorf("the number went to %v", got.ID)
	}
	l, _, err := w.Leads.Wish(t.Context(), old.ID, &crm.Lead{Need: "x"})
	if err != nil || l.ContactID != now.ID || l.Phone != "+8613800000000" {
		t.Errorf("lead %+v, %v", l, err)
	}
	ticket := &crm.Ticket{Body: "help"}
	if err := w.Tickets.Create(t.Context(), customer(old), ticket); err != nil || ticket.ContactID != now.ID {
		t.Errorf("ticket %+v, %v", ticket, err)
	}
	for _, c := range []*crm.Contact{old, now} {
		must(w.Tickets.Ticket(t.Context(), customer(c), ticket.ID))(t)
		if _, n, err := w.Tickets.List(t.Context(), customer(c), crm.TicketFilter{}); n != 1 || err != nil {
			t.Errorf("%s has %d tickets, %v", c.Name, n, err)
		}
	}
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "x"})
	if err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	must(w.Activities.Note(t.Context(), w.as("li.wei"), l.Ref(), "about the lead"))(t)
	w.now = w.now.Add(time.Minute)
	must(w.Activities.Note(t.Context(), w.as("zhao.min"), c.Ref(), "about the person"))(t)
	count := func(handle string) (notes, events int) {
		items, err := w.Contacts.Timeline(t.Context(), w.as(handle), c.ID, 50)
		if err != nil {
			t.Fatal(err)
		}
		for i, item := range items {
			if i > 0 && item.At.After(items[i-1].At) {
				t.Error("the timeline is not newest first")
			}
			if item.Activity != nil {
				notes++
			}
			if item.Event != nil {
				events++
			}
		}
		return notes, events
	}
	if notes, events := count("wang.fang"); notes != 2 || events < 3 {
		t.Errorf("the owner reads %d notes, %d events", notes, events)
	}
	if notes, events := count("zhao.min"); notes != 1 || events != 1 {
		t.Errorf("service reads %d notes, %d events of leads it may not see", notes, events)
	}
	_, err = w.Contacts.Timeline(t.Context(), w.as("zhou.na"), c.ID, 5)
	want(t, err, "not_found")
	if items := must(w.Contacts.Timeline(t.Context(), w.as("admin"), c.ID, 2))(t); len(items) != 2 {
		t.Errorf("%d items, want 2", len(items))
	}
}
