package crm

import "context"

// Conversation returns one in the actor's sight: his own, those of his contacts
// and team by the scope table, those that are nobody's, and those that wait and
// nobody has taken. CodeNotFound.
func (s *ConversationService) Conversation(ctx context.Context, by Actor, id ConversationID) (*Conversation, error) {
	ref := Ref{KindConversation, int64(id)}
	c, err := s.store.Conversation(ctx, id)
	if err != nil {
		return nil, missing(err, ref)
	}
	if by.Kind == AuthorSystem {
		return c, nil
	}
	if c.Audience != AudienceCustomers || c.UserID != 0 {
		return nil, absent(ref)
	}
	of, err := customerOf(ctx, s.store, c)
	if err != nil {
		return nil, err
	}
	lead, err := leadOf(ctx, s.store, c)
	if err != nil {
		return nil, err
	}
	if !by.Scope(KindConversation).Talks(c, lead, of.OwnerID, of.TeamID) {
		return nil, absent(ref)
	}
	return c, nil
}

// leadOf is the team of the assignee, who may have left.
func leadOf(ctx context.Context, store Store, c *Conversation) (TeamID, error) {
	if c.AssigneeID == 0 {
		return 0, nil
	}
	u, err := store.User(ctx, c.AssigneeID)
	if CodeOf(err) == CodeNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return u.TeamID, nil
}

// List returns conversations of customers in the actor's sight, those that wait
// longest first, then the latest. CodeForbidden.
func (s *ConversationService) List(ctx context.Context, by Actor, f ConversationFilter) ([]*Conversation, int, error) {
	if err := by.sees(KindConversation); err != nil {
		return nil, 0, err
	}
	f.Scope = by.Scope(KindConversation)
	return s.store.ConversationList(ctx, f)
}

// Absent returns the conversations that somebody has who went away or left; 0 is
// everybody who did. It changes nothing: the caller sends each an event of its
// own, which calls Relieve.
func (s *ConversationService) Absent(ctx context.Context, user UserID) ([]*Conversation, error) {
	gone := []UserID{user}
	if user == 0 {
		users, err := s.store.Users(ctx, UserFilter{})
		if err != nil {
			return nil, err
		}
		gone = gone[:0]
		for _, u := range users {
			if !u.Active || !u.AwayAt.IsZero() {
				gone = append(gone, u.ID)
			}
		}
	}
	var out []*Conversation
	for _, id := range gone {
		f := ConversationFilter{Scope: Everything(), Assignee: id, Page: Page{Limit: 500}}
		for {
			some, n, err := s.store.ConversationList(ctx, f)
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
			if f.Page.Offset += len(some); len(some) == 0 || f.Page.Offset >= n {
				break
			}
		}
	}
	return out, nil
}
