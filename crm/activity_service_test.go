package crm_test

import (
	"testing"
	"time"

	"crmbot/crm"
)

func TestNote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.stranger(t, "Ana")
	l, _, err := w.Leads.Wish(t.Context(), c.ID, &crm.Lead{Need: "x"})
	if err != nil {
		t.Fatal(err)
	}
	note := must(w.Activities.Note(t.Context(), w.as("li.wei"), l.Ref(), " called "))(t)
	if note.Body != "called" || note.ContactID != c.ID || note.OwnerID != w.id("li.wei") {
		t.Errorf("note %+v", note)
	}
	if got := must(w.Leads.Lead(t.Context(), crm.System(), l.ID))(t); got.Status != crm.LeadWorking {
		t.Errorf("after a note the lead is %s", got.Status)
	}
	// Its owner reads the manager's note, though it is not his own.
	owner := w.as("wang.fang")
	must(w.Activities.Activity(t.Context(), owner, note.ID))(t)
	list, n, err := w.Activities.List(t.Context(), owner, crm.ActivityFilter{Subject: l.Ref()})
	if err != nil || n != 1 || list[0].ID != note.ID {
		t.Errorf("activities of the lead: %v, %v", list, err)
	}
	_, err = w.Activities.Activity(t.Context(), w.as("zhou.na"), note.ID)
	want(t, err, "not_found")
	_, _, err = w.Activities.List(t.Context(), w.as("zhou.na"), crm.ActivityFilter{Subject: l.Ref()})
	want(t, err, "not_found")
	_, err = w.Activities.Note(t.Context(), owner, l.Ref(), " ")
	want(t, err, "invalid field.empty")
	_, err = w.Activities.Note(t.Context(), owner, crm.Ref{Kind: crm.KindIdentity, ID: 1}, "x")
	want(t, err, "not_found")
	_, err = w.Activities.Note(t.Context(), customer(c), c.Ref(), "x")
	want(t, err, "forbidden forbidden.staff")
}

func TestPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	_, err := w.Activities.Plan(t.Context(), by, l.Ref(), w.now, "visit")
	want(t, err, "invalid time.past")
	plan := must(w.Activities.Plan(t.Context(), by, l.Ref(), w.now.Add(time.Hour), "visit"))(t)
	if got := must(w.Leads.Lead(t.Context(), by, l.ID))(t); got.Status != crm.LeadNew {
		t.Error("a plan is no work yet")
	}
	if due := must(w.Activities.Due(t.Context(), 10))(t); len(due) != 0 {
		t.Errorf("told an hour early: %v", due)
	}
	w.now = w.now.Add(time.Hour)
	if due := must(w.Activities.Due(t.Context(), 10))(t); len(due) != 1 || due[0].ID != plan.ID || !due[0].ToldAt.Equal(w.now) {
		t.Errorf("due: %v", due)
	}
	if due := must(w.Activities.Due(t.Context(), 10))(t); len(due) != 0 {
		t.Errorf("told twice: %v", due)
	}
	must(w.Activities.Move(t.Context(), by, plan.ID, w.now.Add(time.Minute)))(t)
	w.now = w.now.Add(time.Minute)
	if due := must(w.Activities.Due(t.Context(), 10))(t); len(due) != 1 {
		t.Errorf("not told again after it was moved: %v", due)
	}
	_, err = w.Activities.Done(t.Context(), w.as("zhou.na"), plan.ID)
	want(t, err, "not_found")
	must(w.Activities.Done(t.Context(), by, plan.ID))(t)
	_, err = w.Activities.Done(t.Context(), by, plan.ID)
	want(t, err, "conflict plan.is.done")
	_, err = w.Activities.Move(t.Context(), by, plan.ID, w.now.Add(time.Hour))
	want(t, err, "conflict plan.is.done")
}

// Today ends at midnight in the company's zone: the clock stands at 22:02.
func TestToday(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as("wang.fang")
	l := w.lead(t, "wang.fang", crm.Lead{Name: "张伟"})
	plan := func(handle string, in time.Duration, body string) *crm.Activity {
		return must(w.Activities.Plan(t.Context(), w.as(handle), l.Ref(), w.now.Add(in), body))(t)
	}
	plan("wang.fang", 90*time.Minute, "second")
	plan("wang.fang", time.Hour, "first")
	plan("wang.fang", 2*time.Hour, "tomorrow")
	plan("li.wei", time.Hour, "another's")
	done := plan("wang.fang", time.Hour, "done")
	must(w.Activities.Done(t.Context(), by, done.ID))(t)
	today := must(w.Activities.Today(t.Context(), by))(t)
	if len(today) != 2 || today[0].Body != "first" || today[1].Body != "second" {
		t.Errorf("today: %+v", today)
	}
	w.now = w.now.Add(24 * time.Hour)
	if today := must(w.Activities.Today(t.Context(), by))(t); len(today) != 3 {
		t.Errorf("overdue plans: %+v", today)
	}
}
