package crm

import (
	"context"
	"time"
)

// Block has nothing that a contact writes on a platform shown any more ("" is
// every platform), or takes that back, and ends his being muted. All is kept.
// It returns the identities that changed. For whoever has the contact or one of
// his conversations in sight: CodeNotFound, CodeForbidden.
func (s *ContactService) Block(ctx context.Context, by Actor, id ContactID, platform string, on bool) ([]*Identity, error) {
	if err := by.mayTalk(); err != nil {
		return nil, err
	}
	var out []*Identity
	err := s.act(ctx, by, func(ctx context.Context, a *act) error {
		c, err := s.meets(ctx, a, id)
		if err != nil {
			return err
		}
		ids, err := a.store.IdentitiesOf(ctx, c.ID, 0)
		if err != nil {
			return err
		}
		for _, i := range ids {
			if platform != "" && i.Platform != platform {
				continue
			}
			changed, err := a.block(ctx, i, on)
			if err != nil {
				return err
			}
			if changed != nil {
				out = append(out, changed)
				a.logBlock(c, changed, on)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Unblock takes back every Block of a contact on a platform; see there.
func (s *ContactService) Unblock(ctx context.Context, by Actor, id ContactID, platform string) ([]*Identity, error) {
	return s.Block(ctx, by, id, platform, false)
}

// Mute has nothing that a sender writes shown until a moment: he writes too much.
// A moment that is over ends it. CodeNotFound.
func (s *ContactService) Mute(ctx context.Context, id IdentityID, until time.Time) error {
	_, err := s.store.UpdateIdentity(ctx, id, func(i *Identity) error {
		if !until.After(s.now()) {
			until = time.Time{}
		}
		i.MutedUntil = until
		return nil
	})
	return err
}

// block changes one identity, nil if there was nothing to change.
func (a *act) block(ctx context.Context, i *Identity, on bool) (*Identity, error) {
	if on != i.BlockedAt.IsZero() && (on || i.MutedUntil.IsZero()) {
		return nil, nil
	}
	return a.store.UpdateIdentity(ctx, i.ID, func(i *Identity) error {
		i.BlockedAt = time.Time{}
		if on {
			i.BlockedAt = a.now
		} else {
			i.MutedUntil = time.Time{}
		}
		return nil
	})
}

// logBlock adds the event to the contact's. The contact itself is as before, so
// undo has nothing to do with it.
func (a *act) logBlock(c *Contact, i *Identity, on bool) {
	verb, change := "unblocked", Change{From: i.Platform}
	if on {
		verb, change = "blocked", Change{To: i.Platform}
	}
	a.logs = append(a.logs, &Event{
		At: a.now, ActorKind: a.by.Kind, ActorID: a.by.ID(), SubjectKind: KindContact, SubjectID: int64(c.ID),
		Verb: verb, Changes: map[string]Change{"blocked": change},
	})
}

// meets loads a contact whom the actor sees, or one of whose conversations.
func (s *ContactService) meets(ctx context.Context, a *act, id ContactID) (*Contact, error) {
	c, err := a.store.Contact(ctx, id)
	if err != nil {
		return nil, missing(err, Ref{KindContact, int64(id)})
	}
	if visible(a.by, c) {
		return c, nil
	}
	talks, err := a.store.ConversationsOf(ctx, c.ID, 0)
	if err != nil {
		return nil, err
	}
	for _, talk := range talks {
		lead, err := leadOf(ctx, a.store, talk)
		if err != nil {
			return nil, err
		}
		if a.by.Scope(KindConversation).Talks(talk, lead, c.OwnerID, c.TeamID) {
			return c, nil
		}
	}
	return nil, absent(c.Ref())
}
