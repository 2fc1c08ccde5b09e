package crm

import (
	"context"
	"slices"
)

// RecordService is for what is the same for every noun.
type RecordService struct{ *base }

// everyKind are the kinds that people search for, in the order in which they
// are looked through.
var everyKind = []Kind{
	KindContact, KindAccount, KindLead, KindOpportunity, KindTicket, KindActivity, KindArticle, KindUser,
}

// Find searches everything in the actor's scope: names, phones, companies,
// references. kinds nil means every kind.
func (s *RecordService) Find(ctx context.Context, by Actor, text string, kinds []Kind, limit int) ([]Hit, error) {
	if kinds == nil {
		kinds = everyKind
	}
	q := Search{Text: text, Limit: limit, Scopes: map[Kind]Scope{}}
	for _, kind := range kinds {
		if scope := by.Scope(kind); scope.Reach != None {
			q.Kinds = append(q.Kinds, kind)
			q.Scopes[kind] = scope
		}
	}
	if len(q.Kinds) == 0 {
		return nil, nil
	}
	if ref, ok := ParseRef(text); ok {
		if !slices.Contains(q.Kinds, ref.Kind) {
			return nil, nil
		}
		hit, err := s.Show(ctx, by, ref)
		if CodeOf(err) == CodeNotFound {
			return nil, nil
		}
		return []Hit{hit}, err
	}
	return s.store.Search(ctx, q)
}

// Show returns the name of a record in scope, to speak of it. CodeNotFound.
func (s *RecordService) Show(ctx context.Context, by Actor, r Ref) (Hit, error) {
	have, err := s.see(ctx, by, r)
	if err != nil {
		return Hit{}, err
	}
	title, note := have.label()
	owner, _ := have.owned()
	return Hit{Ref: have.Ref(), Title: title, Note: note, Owner: owner}, nil
}

// History is the audit trail of a record in scope, newest first. CodeNotFound.
func (s *RecordService) History(ctx context.Context, by Actor, r Ref, limit int) ([]*Event, error) {
	if _, err := s.see(ctx, by, r); err != nil {
		return nil, err
	}
	events, _, err := s.store.Events(ctx, EventFilter{Subject: r, Page: Page{Limit: limit, Uncounted: true}})
	return events, err
}

// see loads a record in scope; an activity is in scope with what it is about, a
// conversation as ConversationService has it.
func (s *RecordService) see(ctx context.Context, by Actor, r Ref) (record, error) {
	switch r.Kind {
	case KindActivity:
		return found((&ActivityService{s.base}).Activity(ctx, by, ActivityID(r.ID)))
	case KindConversation:
		c, err := (&ConversationService{s.base}).Conversation(ctx, by, ConversationID(r.ID))
		if err != nil {
			return nil, err
		}
		of, err := customerOf(ctx, s.store, c)
		return talk{c, of.Name}, err
	}
	return see(ctx, s.store, by, r)
}

// talk is a conversation as a record: it is called by its contact's name, and
// has no versions.
type talk struct {
	*Conversation
	name string
}

func (t talk) owned() (UserID, TeamID) { return t.AssigneeID, 0 }
func (t talk) revision() *int64        { return new(int64) }
func (t talk) label() (string, string) { return t.name, t.Platform }
