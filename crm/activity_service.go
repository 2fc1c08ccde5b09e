package crm

import (
	"context"
	"time"
)

// ActivityService keeps notes and plans.
type ActivityService struct{ *base }

// Note records what was done about a record in scope. A note moves a new lead
// to working. Returns CodeInvalid, CodeNotFound, CodeForbidden.
func (s *ActivityService) Note(ctx context.Context, by Actor, about Ref, body string) (*Activity, error) {
	return s.add(ctx, by, about, &Activity{Kind: ActivityNote, Body: body})
}

// Plan records what is to be done. due must be in the future (CodeInvalid).
// Returns CodeNotFound, CodeForbidden.
func (s *ActivityService) Plan(ctx context.Context, by Actor, about Ref, due time.Time, body string) (*Activity, error) {
	a := &Activity{Kind: ActivityPlan, Body: body}
	if err := a.Move(due, s.now()); err != nil {
		return nil, err
	}
	return s.add(ctx, by, about, a)
}

func (s *ActivityService) add(ctx context.Context, by Actor, about Ref, fresh *Activity) (*Activity, error) {
	err := s.act(ctx, by, func(ctx context.Context, a *act) (err error) {
		subject, err := see(ctx, a.store, by, about)
		if err != nil {
			return err
		}
		if err := by.may(create, KindActivity, 0); err != nil {
			return err
		}
		if fresh.Body, err = tidy("body", fresh.Body, textMax); err != nil {
			return err
		}
		if fresh.Body == "" {
			return Fail(CodeInvalid, "field.empty").In("body")
		}
		about = subject.Ref()
		fresh.SubjectKind, fresh.SubjectID, fresh.ContactID = about.Kind, about.ID, personOf(subject)
		fresh.OwnerID, fresh.TeamID, fresh.Created = by.User, by.Team, a.now
		if err := a.store.CreateActivity(ctx, fresh); err != nil {
			return err
		}
		if err := a.made(ctx, fresh); err != nil {
			return err
		}
		lead, ok := subject.(*Lead)
		if !ok || lead.Status != LeadNew || fresh.Kind != ActivityNote {
			return nil
		}
		a.free = true // the note is the work, whoever wrote it
		_, err = change(ctx, a, modify, KindLead, "working", a.store.UpdateLead, lead.ID,
			func(l *Lead) error { l.Work(); return nil })
		return err
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// personOf is the contact that a record is about.
func personOf(r record) ContactID {
	switch r := r.(type) {
	case *Contact:
		return r.ID
	case *Lead:
		return r.ContactID
	case *Opportunity:
		return r.ContactID
	case *Ticket:
		return r.ContactID
	case *Activity:
		return r.ContactID
	}
	return 0
}

// Done ends a plan. CodeConflict if it is done, CodeInvalid for a note.
func (s *ActivityService) Done(ctx context.Context, by Actor, id ActivityID) (*Activity, error) {
	return s.change(ctx, by, id, "done", func(a *act, plan *Activity) error { return plan.Done(a.now) })
}

// Move gives a plan a new due time; its owner is told again then. CodeInvalid
// for a time that is over, CodeConflict if the plan is done.
func (s *ActivityService) Move(ctx context.Context, by Actor, id ActivityID, due time.Time) (*Activity, error) {
	return s.change(ctx, by, id, "moved", func(a *act, plan *Activity) error { return plan.Move(due, a.now) })
}

func (s *ActivityService) change(ctx context.Context, by Actor, id ActivityID, verb string, fn func(*act, *Activity) error) (plan *Activity, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		plan, err = change(ctx, a, modify, KindActivity, verb, a.store.UpdateActivity, id,
			func(plan *Activity) error { return fn(a, plan) })
		return err
	})
	return plan, err
}

// Activity returns one in scope, or about a record in scope. CodeNotFound.
func (s *ActivityService) Activity(ctx context.Context, by Actor, id ActivityID) (*Activity, error) {
	ref := Ref{KindActivity, int64(id)}
	a, err := s.store.Activity(ctx, id)
	if err != nil {
		return nil, missing(err, ref)
	}
	if visible(by, a) {
		return a, nil
	}
	if _, err := see(ctx, s.store, by, a.Subject()); err != nil {
		return nil, missing(err, ref)
	}
	return a, nil
}

// List returns activities in scope, and how many there are. Whoever sees a
// record sees all that was done about it: with a Subject in scope
// the activities of colleagues are among them. CodeNotFound if it is not.
func (s *ActivityService) List(ctx context.Context, by Actor, f ActivityFilter) ([]*Activity, int, error) {
	if err := by.sees(KindActivity); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindActivity)
	if f.Subject != (Ref{}) {
		if _, err := see(ctx, s.store, by, f.Subject); err != nil {
			return nil, 0, err
		}
		f.Scope = Everything()
	}
	return s.store.Activities(ctx, f)
}

// Today is the actor's own open plans that are overdue or due before the end
// of the day, earliest first.
func (s *ActivityService) Today(ctx context.Context, by Actor) ([]*Activity, error) {
	if err := by.sees(KindActivity); err != nil {
		return nil, err
	}
	now := s.now().In(s.set.Zone)
	plans, _, err := s.store.Activities(ctx, ActivityFilter{
		Scope: by.Scope(KindActivity), Owner: by.User, Kind: ActivityPlan, Open: true,
		DueBefore: time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location()).UTC(),
		Page:      Page{Limit: 500, Uncounted: true},
	})
	return plans, err
}

// Due returns plans whose owner must be told now and marks them told. For the
// clock job.
func (s *ActivityService) Due(ctx context.Context, limit int) ([]*Activity, error) {
	var due []*Activity
	err := s.store.InTx(ctx, func(ctx context.Context, store Store) error {
		now := s.now()
		plans, err := store.DueActivities(ctx, now, limit)
		if err != nil {
			return err
		}
		for _, plan := range plans {
			told, err := store.UpdateActivity(ctx, plan.ID, func(a *Activity) error {
				a.ToldAt = now
				return nil
			})
			if err != nil {
				return err
			}
			due = append(due, told)
		}
		return nil
	})
	return due, err
}
