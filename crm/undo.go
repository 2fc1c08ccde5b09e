package crm

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// undoWithin is how long one may take back what one did.
const undoWithin = 10 * time.Minute

const verbUndone = "undone"

// Undo takes back the actor's own last change of the last ten minutes, whole:
// a conversion goes with everything it made. It returns the events that were
// undone, in the order they had happened. CodeNotFound if there is none,
// CodeConflict if somebody changed a record since or built on it,
// CodeUnsupported for a change of who works here.
func (s *RecordService) Undo(ctx context.Context, by Actor) ([]*Event, error) {
	if by.Kind != AuthorUser {
		return nil, Fail(CodeForbidden, "forbidden.staff")
	}
	var events []*Event
	err := s.store.InTx(ctx, func(ctx context.Context, store Store) (err error) {
		now := s.now()
		if events, err = store.LastAct(ctx, by.User, now.Add(-undoWithin)); err != nil {
			return err
		}
		if len(events) == 0 {
			return Fail(CodeNotFound, "undo.none")
		}
		a := &act{store: store, set: *s.set, by: by, now: now}
		for _, step := range slices.Backward(steps(events)) {
			if err := a.revert(ctx, step); err != nil {
				return err
			}
		}
		if err := store.UndoneAct(ctx, events[0].Act, now); err != nil {
			return err
		}
		return store.CreateEvents(ctx, a.logs...)
	})
	if err != nil {
		return nil, err
	}
	return events, nil
}

// step is what an act did to one record.
type step struct {
	ref     Ref
	before  string  // "" if the act made it
	last    EventID // of the act's events about it
	changes map[string]Change
	fresh   map[Ref]bool // all that the act made
}

// steps sums the events of an act up by record, in the order in which the
// records were last touched.
func steps(events []*Event) []*step {
	var out []*step
	fresh := map[Ref]bool{}
	for _, e := range events {
		ref := Ref{e.SubjectKind, e.SubjectID}
		i := slices.IndexFunc(out, func(s *step) bool { return s.ref == ref })
		if i < 0 {
			out = append(out, &step{ref: ref, before: e.Before, last: e.ID, changes: e.Changes, fresh: fresh})
			fresh[ref] = e.Before == ""
			continue
		}
		had := out[i]
		out = append(slices.Delete(out, i, i+1), had)
		had.last = e.ID
		had.changes = merged(had.changes, e.Changes)
	}
	return out
}

// merged are the changes of two events of one record as if they were one.
func merged(first, then map[string]Change) map[string]Change {
	out := map[string]Change{}
	for name, c := range first {
		out[name] = c
	}
	for name, c := range then {
		if had, ok := out[name]; ok {
			c.From = had.From
		}
		out[name] = c
	}
	return out
}

// revert takes one step back and logs it. What undo does is no act: it cannot
// be undone.
func (a *act) revert(ctx context.Context, s *step) error {
	if s.ref.Kind == KindUser {
		return Fail(CodeUnsupported, "undo.people")
	}
	if err := a.untouched(ctx, s); err != nil {
		return err
	}
	version, before, err := a.rewind(ctx, s)
	if CodeOf(err) == CodeNotFound {
		return changedSince(s.ref)
	}
	if err != nil {
		return err
	}
	back := map[string]Change{}
	for name, c := range s.changes {
		back[name] = Change{From: c.To, To: c.From}
	}
	a.logs = append(a.logs, &Event{
		At: a.now, ActorKind: a.by.Kind, ActorID: a.by.ID(), SubjectKind: s.ref.Kind, SubjectID: s.ref.ID,
		Verb: verbUndone, Changes: back, Before: before, After: version,
	})
	return nil
}

// untouched checks that nothing happened to the record since but what was
// taken back as well. An event without a version changed nothing in it.
func (a *act) untouched(ctx context.Context, s *step) error {
	events, _, err := a.store.Events(ctx, EventFilter{Subject: s.ref, Page: Page{Limit: 500, Uncounted: true}})
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.ID > s.last && e.After != 0 && e.Verb != verbUndone && e.Undone.IsZero() {
			return changedSince(s.ref)
		}
	}
	return nil
}

// unmake removes a record that the act made, if nothing hangs on it.
func (a *act) unmake(ctx context.Context, s *step) error {
	hanging, err := dependents(ctx, a.store, s.ref)
	if err != nil {
		return err
	}
	for _, ref := range hanging {
		if !s.fresh[ref] {
			return changedSince(s.ref)
		}
	}
	return a.store.Remove(ctx, s.ref)
}

// dependents are some of the records that hang on one.
func dependents(ctx context.Context, store Store, ref Ref) ([]Ref, error) {
	var out []Ref
	acts, _, err := store.Activities(ctx, ActivityFilter{Scope: Everything(), Subject: ref})
	if err = collect(&out, acts, err); err != nil {
		return nil, err
	}
	var account AccountID
	var contact ContactID
	switch ref.Kind {
	case KindAccount:
		account = AccountID(ref.ID)
		people, _, err := store.Contacts(ctx, ContactFilter{Scope: Everything(), Account: account})
		if err := collect(&out, people, err); err != nil {
			return nil, err
		}
	case KindContact:
		contact = ContactID(ref.ID)
		merged, err := store.MergedContacts(ctx, contact)
		if err := collect(&out, merged, err); err != nil {
			return nil, err
		}
		leads, _, err := store.Leads(ctx, LeadFilter{Scope: Everything(), Contact: contact})
		if err := collect(&out, leads, err); err != nil {
			return nil, err
		}
	default:
		return out, nil
	}
	deals, _, err := store.Opportunities(ctx, OpportunityFilter{Scope: Everything(), Account: account, Contact: contact})
	if err := collect(&out, deals, err); err != nil {
		return nil, err
	}
	tickets, _, err := store.Tickets(ctx, TicketFilter{Scope: Everything(), Account: account, Contact: contact})
	return out, collect(&out, tickets, err)
}

func collect[R record](to *[]Ref, found []R, err error) error {
	for _, r := range found {
		*to = append(*to, r.Ref())
	}
	return err
}

// rewind puts a record back to what it was before the act, under a new
// version, and returns that and what is taken back, as JSON.
func (a *act) rewind(ctx context.Context, s *step) (int64, string, error) {
	if s.before == "" {
		return 0, "", a.unmake(ctx, s)
	}
	store, id := a.store, s.ref.ID
	switch s.ref.Kind {
	case KindQuestion:
		return 0, "", a.resettle(ctx, s)
	case KindLead:
		return rewound(ctx, s, store.UpdateLead, LeadID(id))
	case KindContact:
		return rewound(ctx, s, store.UpdateContact, ContactID(id))
	case KindAccount:
		return rewound(ctx, s, store.UpdateAccount, AccountID(id))
	case KindOpportunity:
		return rewound(ctx, s, store.UpdateOpportunity, OpportunityID(id))
	case KindActivity:
		return rewound(ctx, s, store.UpdateActivity, ActivityID(id))
	case KindTicket:
		return rewound(ctx, s, store.UpdateTicket, TicketID(id))
	case KindArticle:
		return rewound(ctx, s, store.UpdateArticle, ArticleID(id))
	}
	return 0, "", Fail(CodeUnsupported, "undo.people")
}

// pointer is a record as the stores hand it out.
type pointer[T any] interface {
	*T
	record
}

func rewound[T any, R pointer[T], ID ~int64](ctx context.Context, s *step, update updater[R, ID], id ID) (int64, string, error) {
	var taken []byte
	r, err := update(ctx, id, func(r R) (err error) {
		if taken, err = json.Marshal(r); err != nil {
			return err
		}
		var old T
		if err := json.Unmarshal([]byte(s.before), &old); err != nil {
			return err
		}
		*R(&old).revision() = *r.revision()
		*r = old
		return nil
	})
	if err != nil {
		return 0, "", err
	}
	return *r.revision(), string(taken), nil
}

func changedSince(r Ref) error { return Fail(CodeConflict, "undo.changed", "ref", r.String()) }
