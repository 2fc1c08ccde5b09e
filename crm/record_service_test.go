package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

func TestShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	account := must(w.Accounts.Ensure(t.Context(), by, "融氏"))(t)
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟", Company: "融氏", Phone: "13800000000"})
	c := &crm.Contact{Name: "Ana", Title: "Purchasing"}
	must(w.Contacts.Create(t.Context(), by, c))(t)
	o := &crm.Opportunity{Name: "syrup", Amount: crm.Money{Minor: 28000000}}
	if err := w.Opportunities.Create(t.Context(), by, o); err != nil {
		t.Fatal(err)
	}
	ticket := &crm.Ticket{Body: "torn bags", OwnerID: w.id("wang.fang")}
	if err := w.Tickets.Create(t.Context(), by, ticket); err != nil {
		t.Fatal(err)
	}
	plan := must(w.Activities.Plan(t.Context(), by, l.Ref(), w.now.Add(time.Hour), "visit"))(t)
	article := &crm.Article{Slug: "moq", Language: "en", Title: "Smallest order?", Body: "One bag."}
	if _, _, err := w.Articles.Put(t.Context(), crm.System(), article); err != nil {
		t.Fatal(err)
	}
	me := w.id("wang.fang")
	for _, want := range []crm.Hit{
		{Ref: account.Ref(), Title: "融氏", Owner: me},
		{Ref: l.Ref(), Title: "张伟", Note: "融氏", Owner: me},
		{Ref: c.Ref(), Title: "Ana", Note: "Purchasing", Owner: me},
		{Ref: o.Ref(), Title: "syrup", Note: "280000 CNY", Owner: me},
		{Ref: ticket.Ref(), Title: "torn bags", Note: "open", Owner: me},
		{Ref: plan.Ref(), Title: "visit", Note: l.Ref().String(), Owner: me},
		{Ref: article.Ref(), Title: "Smallest order?", Note: "moq"},
		{Ref: crm.Ref{Kind: crm.KindUser, ID: int64(me)}, Title: "王芳", Note: "wang.fang", Owner: me},
	} {
		if got := must(w.Records.Show(t.Context(), by, want.Ref))(t); got != want {
			t.Errorf("Show(%v) = %+v, want %+v", want.Ref, got, want)
		}
		hits := must(w.Records.Find(t.Context(), by, want.Ref.String(), nil, 5))(t)
		if len(hits) != 1 || hits[0].Ref != want.Ref {
			t.Errorf("Find(%v) = %+v", want.Ref, hits)
		}
		events := must(w.Records.History(t.Context(), by, want.Ref, 5))(t)
		if len(events) == 0 || events[len(events)-1].Verb != "created" {
			t.Errorf("History(%v) = %+v", want.Ref, events)
		}
	}
	for _, ref := range []crm.Ref{l.Ref(), o.Ref(), plan.Ref(), ticket.Ref(), {Kind: crm.KindLead, ID: 99}, {Kind: "fish", ID: 1}} {
		_, err := w.Records.Show(t.Context(), w.as("zhou.na"), ref)
		want(t, err, "not_found record.missing")
		if hits := must(w.Records.Find(t.Context(), w.as("zhou.na"), ref.String(), nil, 5))(t); len(hits) != 0 {
			t.Errorf("Find(%v) = %+v", ref, hits)
		}
	}
	if hits := must(w.Records.Find(t.Context(), by, l.Ref().String(), []crm.Kind{crm.KindContact}, 5))(t); len(hits) != 0 {
		t.Errorf("a lead among contacts: %+v", hits)
	}
	if hits := must(w.Records.Find(t.Context(), w.as("zhao.min"), "张伟", []crm.Kind{crm.KindLead}, 5))(t); len(hits) != 0 {
		t.Errorf("service finds leads: %+v", hits)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, handle := range []string{"wang.fang", "chen.jie", "zhou.na"} {
		by := w.as(handle)
		l := w.lead(t, handle, crm.Lead{Name: handle})
		must(w.Leads.Convert(t.Context(), by, l.ID))(t)
		must(w.Activities.Note(t.Context(), by, l.Ref(), "called"))(t)
	}
	for handle, n := range map[string]int{"wang.fang": 1, "li.wei": 2, "admin": 3} {
		by := w.as(handle)
		_, leads, err := w.Leads.List(t.Context(), by, crm.LeadFilter{Scope: crm.Everything()})
		want(t, err, "")
		_, contacts, err := w.Contacts.List(t.Context(), by, crm.ContactFilter{Scope: crm.Everything()})
		want(t, err, "")
		_, deals, err := w.Opportunities.List(t.Context(), by, crm.OpportunityFilter{Scope: crm.Everything()})
		want(t, err, "")
		_, notes, err := w.Activities.List(t.Context(), by, crm.ActivityFilter{Scope: crm.Everything()})
		want(t, err, "")
		if leads != n || contacts != n || deals != n || notes != n {
			t.Errorf("%s sees %d leads, %d contacts, %d deals, %d notes, want %d", handle, leads, contacts, deals, notes, n)
		}
	}
	_, _, err := w.Opportunities.List(t.Context(), w.as("zhao.min"), crm.OpportunityFilter{})
	want(t, err, "forbidden forbidden.sales")
	_, _, err = w.Contacts.List(t.Context(), crm.Actor{Kind: crm.AuthorContact, Contact: 1}, crm.ContactFilter{})
	want(t, err, "forbidden forbidden.staff")
}

// A refused change leaves nothing behind: no record, no event, no version.
func TestRefusedChangesLeaveNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	_, err := w.Leads.Set(t.Context(), by, l.ID, map[string]string{"company": "融氏", "phone": "nonsense"})
	want(t, err, "invalid phone.bad")
	_, err = w.Leads.Reopen(t.Context(), by, l.ID)
	want(t, err, "conflict lead.is.open")
	got := must(w.Leads.Lead(t.Context(), by, l.ID))(t)
	if got.Company != "" || got.Version != 1 || w.trail(t, l.Ref()) != "created" {
		t.Errorf("lead %+v, trail %q", got, w.trail(t, l.Ref()))
	}
	must(w.Leads.Lose(t.Context(), by, l.ID, "price"))(t)
	if got := must(w.Leads.Reopen(t.Context(), by, l.ID))(t); got.Status != crm.LeadWorking {
		t.Errorf("reopened %+v", got)
	}
}
