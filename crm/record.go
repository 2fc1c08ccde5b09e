package crm

import (
	"context"
	"time"
)

// load reads a record of any kind. Returns CodeNotFound.
func load(ctx context.Context, s Store, ref Ref) (record, error) {
	r, err := fetch(ctx, s, ref)
	return r, missing(err, ref)
}

func fetch(ctx context.Context, s Store, ref Ref) (record, error) {
	switch ref.Kind {
	case KindLead:
		return found(s.Lead(ctx, LeadID(ref.ID)))
	case KindContact:
		return found(s.Contact(ctx, ContactID(ref.ID)))
	case KindAccount:
		return found(s.Account(ctx, AccountID(ref.ID)))
	case KindOpportunity:
		return found(s.Opportunity(ctx, OpportunityID(ref.ID)))
	case KindActivity:
		return found(s.Activity(ctx, ActivityID(ref.ID)))
	case KindTicket:
		return found(s.Ticket(ctx, TicketID(ref.ID)))
	case KindArticle:
		return found(s.Article(ctx, ArticleID(ref.ID)))
	case KindUser:
		return found(s.User(ctx, UserID(ref.ID)))
	}
	return nil, absent(ref)
}

func found[R record](r R, err error) (record, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// refer writes a reference, "" for none.
func refer(kind Kind, id int64) string {
	if id == 0 {
		return ""
	}
	return Ref{kind, id}.String()
}

// stamp writes a moment for the audit trail, "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// either is the first that says something.
func either[T comparable](words ...T) T {
	var none T
	for _, w := range words {
		if w != none {
			return w
		}
	}
	return none
}

// seen passes on a record that the actor sees. Returns CodeNotFound.
func seen[R record](by Actor, r R, err error, ref Ref) (R, error) {
	var none R
	if err != nil {
		return none, missing(err, ref)
	}
	if !visible(by, r) {
		return none, absent(ref)
	}
	return r, nil
}
