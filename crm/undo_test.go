package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"crmbot/crm"
)

func TestUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	_, err := w.Records.Undo(t.Context(), by)
	want(t, err, "not_found undo.none")

	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	must(w.Leads.Grade(t.Context(), by, l.ID, crm.IntentHigh))(t)
	must(w.Leads.Lose(t.Context(), by, l.ID, "空号"))(t)

	events := must(w.Records.Undo(t.Context(), by))(t)
	if len(events) != 1 || events[0].Verb != "lost" {
		t.Errorf("undone %+v", events)
	}
	if got := must(w.Leads.Lead(t.Context(), by, l.ID))(t); got.Status != crm.LeadNew || got.LostReason != "" || got.Intent != crm.IntentHigh {
		t.Errorf("lead %+v", got)
	}
	must(w.Records.Undo(t.Context(), by))(t)
	if got := must(w.Leads.Lead(t.Context(), by, l.ID))(t); got.Intent != "" {
		t.Errorf("lead %+v", got)
	}
	must(w.Records.Undo(t.Context(), by))(t)
	_, err = w.Leads.Lead(t.Context(), by, l.ID)
	want(t, err, "not_found")
	if hits := must(w.Records.Find(t.Context(), by, "张伟", nil, 5))(t); len(hits) != 0 {
		t.Errorf("an undone lead is found: %v", hits)
	}
	_, err = w.Records.Undo(t.Context(), by)
	want(t, err, "not_found undo.none")
	if got := w.trail(t, l.Ref()); got != "created graded lost undone undone undone" {
		t.Errorf("trail %q", got)
	}
}

func TestUndoOnlyOnesOwnAndRecent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	_, err := w.Records.Undo(t.Context(), w.as("li.wei"))
	want(t, err, "not_found undo.none")
	must(w.Leads.Qualify(t.Context(), w.as("li.wei"), l.ID))(t)
	_, err = w.Records.Undo(t.Context(), w.as("wang.fang"))
	want(t, err, "conflict undo.changed")
	if got := must(w.Leads.Lead(t.Context(), crm.System(), l.ID))(t); got.Status != crm.LeadQualified {
		t.Errorf("a refused undo changed %+v", got)
	}
	w.now = w.now.Add(10*time.Minute + time.Second)
	_, err = w.Records.Undo(t.Context(), w.as("li.wei"))
	want(t, err, "not_found undo.none")
	_, err = w.Records.Undo(t.Context(), crm.System())
	want(t, err, "forbidden")
}

// A conversion goes whole, and what it reused stays as it was.
func TestUndoConversion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.stranger(t, "Ana")
	l, _, err := w.Leads.Wish(t.Context(), stranger.ID, &crm.Lead{Need: "x", Company: "Sweet Ltd", Phone: "13800000000"})
	if err != nil {
		t.Fatal(err)
	}
	by := w.as("wang.fang")
	before := must(w.db.Contact(t.Context(), stranger.ID))(t)
	c := must(w.Leads.Convert(t.Context(), by, l.ID))(t)
	if got := must(w.Records.Undo(t.Context(), by))(t); len(got) != 4 {
		t.Errorf("a conversion of %d events", len(got))
	}
	_, err = w.Opportunities.Opportunity(t.Context(), by, c.Opportunity.ID)
	want(t, err, "not_found")
	_, err = w.Accounts.Account(t.Context(), by, c.Account.ID)
	want(t, err, "not_found")
	same(t, must(w.db.Contact(t.Context(), stranger.ID))(t), before)
	same(t, must(w.Leads.Lead(t.Context(), by, l.ID))(t), l)

	again := must(w.Leads.Convert(t.Context(), by, l.ID))(t)
	must(w.Activities.Note(t.Context(), w.as("li.wei"), again.Opportunity.Ref(), "called"))(t)
	_, err = w.Records.Undo(t.Context(), by)
	want(t, err, "conflict undo.changed")
	if got := must(w.Leads.Lead(t.Context(), by, l.ID))(t); got.Status != crm.LeadConverted {
		t.Errorf("half of a conversion was undone: %+v", got)
	}
}

// Whatever hangs on a fresh record by now keeps it.
func TestUndoKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(w *world, c *crm.Contact, a *crm.Account) error{
		"a ticket": func(w *world, c *crm.Contact, _ *crm.Account) error {
			return w.Tickets.Create(t.Context(), customer(c), &crm.Ticket{Body: "help"})
		},
		"a lead": func(w *world, c *crm.Contact, _ *crm.Account) error {
			_, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "x"})
			return err
		},
		"a deal": func(w *world, c *crm.Contact, _ *crm.Account) error {
			return w.Opportunities.Create(t.Context(), w.as("admin"), &crm.Opportunity{ContactID: c.ID})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := &crm.Contact{Name: "Ana"}
			must(w.Contacts.Create(t.Context(), w.as("wang.fang"), c))(t)
			if err := use(w, c, nil); err != nil {
				t.Fatal(err)
			}
			_, err := w.Records.Undo(t.Context(), w.as("wang.fang"))
			want(t, err, "conflict undo.changed")
		})
	}
}

func TestUndoAssignment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	must(w.Leads.Assign(t.Context(), w.as("wang.fang"), l.ID, w.id("zhou.na")))(t)
	must(w.Records.Undo(t.Context(), w.as("wang.fang")))(t)
	same(t, must(w.Leads.Lead(t.Context(), w.as("wang.fang"), l.ID))(t), l)
}

// Several calls of one message are one act.
func TestUndoOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	ctx := crm.InAct(t.Context(), "event-1")
	note := must(w.Activities.Note(ctx, by, l.Ref(), "called"))(t)
	must(w.Leads.Grade(ctx, by, l.ID, crm.IntentHigh))(t)
	must(w.Records.Undo(t.Context(), by))(t)
	_, err := w.Activities.Activity(t.Context(), by, note.ID)
	want(t, err, "not_found")
	same(t, must(w.Leads.Lead(t.Context(), by, l.ID))(t), l)
}

func TestUndoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(w.Users.SetRole(t.Context(), w.as("admin"), w.id("zhou.na"), crm.RoleManager))(t)
	_, err := w.Records.Undo(t.Context(), w.as("admin"))
	want(t, err, "unsupported undo.people")
}

// Any change, taken back, leaves the record as it was but for its version.
func TestUndoRestores(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("admin")
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟", Phone: "13800000000", First: crm.Source{Name: "baidu", Raw: "q=糖浆"}})
	o := &crm.Opportunity{Name: "x", Amount: crm.Money{Minor: 100}}
	if err := w.Opportunities.Create(t.Context(), by, o); err != nil {
		t.Fatal(err)
	}
	ticket := &crm.Ticket{Body: "help"}
	if err := w.Tickets.Create(t.Context(), by, ticket); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(words string) error{
		"set": func(s string) error {
			_, err := w.Leads.Set(t.Context(), by, l.ID, map[string]string{"need": s})
			return err
		},
		"lose":  func(s string) error { _, err := w.Leads.Lose(t.Context(), by, l.ID, s+"."); return err },
		"give":  func(string) error { _, err := w.Leads.Assign(t.Context(), by, l.ID, w.id("zhou.na")); return err },
		"win":   func(string) error { _, err := w.Opportunities.Win(t.Context(), by, o.ID); return err },
		"stage": func(string) error { _, err := w.Opportunities.Move(t.Context(), by, o.ID, "报价"); return err },
		"close": func(string) error { _, err := w.Opportunities.Expect(t.Context(), by, o.ID, "2026-12-20"); return err },
		"solve": func(s string) error { _, err := w.Tickets.Solve(t.Context(), by, ticket.ID, s); return err },
		"urge": func(string) error {
			_, err := w.Tickets.Prioritise(t.Context(), by, ticket.ID, crm.PriorityUrgent)
			return err
		},
	}
	state := func(verb string) any {
		switch verb {
		case "win", "stage", "close":
			return must(w.db.Opportunity(t.Context(), o.ID))(t)
		case "solve", "urge":
			return must(w.db.Ticket(t.Context(), ticket.ID))(t)
		}
		return must(w.db.Lead(t.Context(), l.ID))(t)
	}
	rapid.Check(t, func(rt *rapid.T) {
		verb := rapid.SampledFrom([]string{"set", "lose", "give", "win", "stage", "close", "solve", "urge"}).Draw(rt, "verb")
		words := rapid.StringMatching(`[a-z"'\\;张糖🙂 ]{1,40}`).Draw(rt, "words")
		before := state(verb)
		if err := changes[verb](words); err != nil {
			rt.Fatalf("%s: %v", verb, err)
		}
		if cmp.Equal(state(verb), before) {
			return // it was so already, and there is nothing to undo
		}
		if _, err := w.Records.Undo(t.Context(), by); err != nil {
			rt.Fatalf("undo %s: %v", verb, err)
		}
		if diff := cmp.Diff(state(verb), before, unversioned); diff != "" {
			rt.Fatalf("undo %s:\n%s", verb, diff)
		}
	})
}

// unversioned leaves out what every writing changes.
var unversioned = cmp.FilterPath(func(p cmp.Path) bool {
	last := p.Last().String()
	return last == ".Version" || last == ".Updated"
}, cmp.Ignore())

func same[T any](t *testing.T, got, want *T) {
	t.Helper()
	if diff := cmp.Diff(got, want, unversioned, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%T differs:\n%s", got, diff)
	}
}
