package crm

import (
	"context"
	"errors"
	"reflect"
	"slices"
)

// ConversationService is who answers a customer: the bot, or exactly one person.
// What changes a conversation is called by the conversation's own events only.
//
// While the bot answers (open, closed) there is no assignee; while a person is
// wanted (waiting) or in charge (handed_off) there is exactly one, and he works
// here. Whoever goes away or leaves keeps nothing: see Absent and Relieve.
type ConversationService struct{ *base }

// Ask has a person called: the conversation waits for choice.User. Asked a
// second time it keeps who was called. Where nobody works (choice.User is 0) it
// stays with the bot. Returns CodeInvalid for somebody who has left.
func (s *ConversationService) Ask(ctx context.Context, id ConversationID, choice Choice) (*Conversation, error) {
	return s.change(ctx, System(), id, "", func(ctx context.Context, a *act, c *Conversation) error {
		if choice.User == 0 {
			return nil
		}
		if c.Person() {
			had, err := worker(ctx, a.store, c.AssigneeID)
			if err != nil || had != nil {
				return err
			}
		}
		if _, err := a.colleague(ctx, choice.User); err != nil {
			return err
		}
		c.call(choice, a.now)
		return nil
	})
}

// Take puts the actor in charge, and he is back if he was away: whoever has the
// thread before him may. CodeConflict (key "conversation.taken", name, since) if
// another has it and over is false.
func (s *ConversationService) Take(ctx context.Context, by Actor, id ConversationID, over bool) (*Conversation, error) {
	if err := by.mayTalk(); err != nil {
		return nil, err
	}
	return s.change(ctx, by, id, "taken", func(ctx context.Context, a *act, c *Conversation) error {
		if err := a.here(ctx); err != nil {
			return err
		}
		if c.Status == ConversationHandedOff && c.AssigneeID != by.User && !over {
			had, err := worker(ctx, a.store, c.AssigneeID)
			if err != nil {
				return err
			}
			if had != nil {
				return Fail(CodeConflict, "conversation.taken", "name", had.Name, "since", c.since())
			}
		}
		if c.Status != ConversationHandedOff || c.AssigneeID != by.User {
			c.lead(by.User, a.now)
		}
		return nil
	})
}

// Assign puts a colleague in charge. If the customer waits, or nobody was in
// charge, he has to answer within Rules.AnswerWithin as if he were called. A live
// thread ends. To oneself it is Take, over others. CodeInvalid for somebody who
// is gone or away.
func (s *ConversationService) Assign(ctx context.Context, by Actor, id ConversationID, to UserID) (*Conversation, error) {
	if err := by.mayTalk(); err != nil {
		return nil, err
	}
	if by.Kind == AuthorUser && by.User == to {
		return s.Take(ctx, by, id, true)
	}
	return s.change(ctx, by, id, "assigned", func(ctx context.Context, a *act, c *Conversation) error {
		u, err := a.colleague(ctx, to)
		if err != nil {
			return err
		}
		if !u.AwayAt.IsZero() {
			return Fail(CodeInvalid, "conversation.away", "name", u.Name).In("to")
		}
		switch {
		case c.Person() && c.AssigneeID == to:
		case c.Status == ConversationHandedOff && c.WaitsSince.IsZero():
			c.lead(to, a.now)
		default:
			c.call(Choice{User: to, Step: AskedTurn}, a.now)
		}
		return nil
	})
}

// Answered notes that the actor's words went to the customer: he is in charge
// from now on if nobody was, and the customer waits no more. Words from before
// he went away do not bring him back: whoever was called instead is in charge.
func (s *ConversationService) Answered(ctx context.Context, by Actor, id ConversationID) (*Conversation, error) {
	if err := by.mayTalk(); err != nil {
		return nil, err
	}
	return s.change(ctx, by, id, "taken", func(ctx context.Context, a *act, c *Conversation) error {
		left, err := a.left(ctx, c)
		if err == nil && !left {
			err = a.here(ctx)
		}
		if err != nil {
			return err
		}
		had, err := worker(ctx, a.store, c.AssigneeID)
		switch {
		case err != nil:
			return err
		case left && c.Status == ConversationWaiting && had != nil:
			c.lead(had.ID, a.now)
		case !left && (c.Status != ConversationHandedOff || had == nil):
			c.lead(by.User, a.now)
		}
		c.calm()
		c.StaffAt = a.now
		if c.LiveID == by.User {
			c.LiveAt = a.now
		}
		return nil
	})
}

// Waits notes that the customer said something that nobody has answered. While
// the bot answers it changes nothing.
func (s *ConversationService) Waits(ctx context.Context, id ConversationID) (*Conversation, error) {
	return s.change(ctx, System(), id, "", func(_ context.Context, a *act, c *Conversation) error {
		if c.Person() && c.WaitsSince.IsZero() {
			c.WaitsSince = a.now
		}
		return nil
	})
}

// Live makes the actor's lines go out as they are, or ends that (for anybody's
// live thread). CodeConflict unless the actor is in charge, or was called.
func (s *ConversationService) Live(ctx context.Context, by Actor, id ConversationID, on bool) (*Conversation, error) {
	if err := by.mayTalk(); err != nil {
		return nil, err
	}
	return s.change(ctx, by, id, "live", func(ctx context.Context, a *act, c *Conversation) error {
		if !on {
			c.quiet()
			return nil
		}
		if err := a.here(ctx); err != nil {
			return err
		}
		if !c.Person() || c.AssigneeID != by.User {
			return Fail(CodeConflict, "conversation.not_yours")
		}
		if c.Status == ConversationWaiting {
			c.lead(by.User, a.now)
		}
		c.LiveID, c.LiveSince, c.LiveAt = by.User, a.now, a.now
		return nil
	})
}

// Leave ends a person's part: the bot answers again. closed says that the matter
// is settled; otherwise it is handed back to the bot. By the system it is closed
// for idleness. Who was in charge last is kept; of a call that nobody took that
// is who ends it, if it is a person. CodeConflict if no person was asked for or in
// charge.
func (s *ConversationService) Leave(ctx context.Context, by Actor, id ConversationID, closed bool) (*Conversation, error) {
	verb, status := "returned", ConversationOpen
	if closed {
		verb, status = "closed", ConversationClosed
	}
	return s.change(ctx, by, id, verb, func(_ context.Context, a *act, c *Conversation) error {
		if !c.Person() {
			return Fail(CodeConflict, "conversation.bot")
		}
		switch {
		case c.Status == ConversationHandedOff:
			c.LastUserID = c.AssigneeID
		case a.by.Kind == AuthorUser: // who was called never came
			c.LastUserID = a.by.User
		}
		c.Status, c.AssigneeID, c.ClosedAt = status, 0, a.now
		c.calm()
		c.quiet()
		return nil
	})
}

// change changes a conversation. What a person did is in the audit trail, but
// undo does not take it back: the customer has seen it.
func (s *ConversationService) change(ctx context.Context, by Actor, id ConversationID, verb string, fn func(context.Context, *act, *Conversation) error) (c *Conversation, err error) {
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		a.id = ""
		var before Conversation
		var same *Conversation
		c, err = a.store.UpdateConversation(ctx, id, func(c *Conversation) error {
			before, same = *c, c
			before.Tried = slices.Clone(c.Tried)
			if err := fn(ctx, a, c); err != nil {
				return err
			}
			if reflect.DeepEqual(before, *c) {
				return errSame
			}
			return nil
		})
		if errors.Is(err, errSame) {
			c, err = same, nil
			return nil
		}
		if err != nil {
			return missing(err, Ref{KindConversation, int64(id)})
		}
		return a.logTalk(ctx, verb, c, &before)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// logTalk adds the event of a change that a person made.
func (a *act) logTalk(ctx context.Context, verb string, c, before *Conversation) error {
	if verb == "" || a.by.Kind != AuthorUser && a.by.Kind != AuthorContact {
		return nil
	}
	changes, err := a.changes(ctx, before.fields(), c.fields())
	if err != nil || len(changes) == 0 {
		return err
	}
	a.logs = append(a.logs, &Event{
		At: a.now, ActorKind: a.by.Kind, ActorID: a.by.ID(), SubjectKind: KindConversation,
		SubjectID: int64(c.ID), Verb: verb, Changes: changes,
	})
	return nil
}

// mayTalk says that the actor may speak with customers. Returns CodeForbidden.
func (a Actor) mayTalk() error {
	if err := a.sees(KindConversation); err != nil {
		return err
	}
	return a.may(modify, KindConversation, 0)
}

// colleague is an active user who may have conversations. Returns CodeInvalid.
func (a *act) colleague(ctx context.Context, id UserID) (*User, error) {
	return heir(ctx, a.store, id, KindConversation)
}

// here checks that the actor works here, and notes that he is there: what he
// does says so.
func (a *act) here(ctx context.Context) error {
	if a.by.Kind != AuthorUser {
		return Fail(CodeForbidden, "forbidden.staff")
	}
	u, err := a.colleague(ctx, a.by.User)
	if err != nil || u.AwayAt.IsZero() {
		return err
	}
	return a.away(ctx, u.ID, false)
}

// left says whether the actor has gone away since he wrote his latest words that
// were sent.
func (a *act) left(ctx context.Context, c *Conversation) (bool, error) {
	if a.by.Kind != AuthorUser {
		return false, nil
	}
	u, err := a.colleague(ctx, a.by.User)
	if err != nil || u.AwayAt.IsZero() {
		return false, err
	}
	found, _, err := a.store.Releases(ctx, ReleaseFilter{Conversation: c.ID, States: []ReleaseState{ReleaseSent}, Page: Page{Limit: 20, Uncounted: true}})
	if err != nil {
		return false, err
	}
	for _, r := range found {
		if r.UserID == u.ID {
			return r.Created.Before(u.AwayAt), nil
		}
	}
	return false, nil
}
