package crm

import (
	"testing"
	"time"
)

func TestPlanRules(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	plan := Activity{ID: 1, Kind: ActivityPlan, DueAt: now, ToldAt: now}
	done := Activity{ID: 1, Kind: ActivityPlan, DueAt: now, DoneAt: now}
	note := Activity{ID: 1, Kind: ActivityNote}
	finish := func(a *Activity) error { return a.Done(later) }
	move := func(to time.Time) func(*Activity) error {
		return func(a *Activity) error { return a.Move(to, now) }
	}
	for _, x := range []struct {
		name string
		have Activity
		do   func(*Activity) error
		want Activity
		code Code
		key  string
	}{
		{"done", plan, finish, Activity{ID: 1, Kind: ActivityPlan, DueAt: now, ToldAt: now, DoneAt: later}, "", ""},
		{"done twice", done, finish, done, CodeConflict, "plan.is.done"},
		{"a note is never done", note, finish, note, CodeInvalid, "plan.is.note"},
		{"moved, and told again", plan, move(later), Activity{ID: 1, Kind: ActivityPlan, DueAt: later}, "", ""},
		{"moved into the past", plan, move(now), plan, CodeInvalid, "time.past"},
		{"moved when done", done, move(later), done, CodeConflict, "plan.is.done"},
		{"a note is not moved", note, move(later), note, CodeInvalid, "plan.is.note"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			a := x.have
			wantKey(t, x.do(&a), x.code, x.key)
			if a != x.want {
				t.Errorf("got %+v, want %+v", a, x.want)
			}
		})
	}
}
