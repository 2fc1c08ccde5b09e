package crm

import (
	"context"
	"slices"
	"time"
)

// SurveyService asks how content customers are.
type SurveyService struct{ *base }

// Ask makes a survey about a conversation that was just closed, nil if its
// contact was asked in the last SurveyEvery or wants no messages. of is who was
// in charge.
func (s *SurveyService) Ask(ctx context.Context, c *Conversation, of UserID) (*Survey, error) {
	if c.ContactID == 0 {
		return nil, nil
	}
	var survey *Survey
	err := s.store.InTx(ctx, func(ctx context.Context, store Store) error {
		who, err := store.Contact(ctx, c.ContactID)
		if err != nil {
			return missing(err, Ref{KindContact, int64(c.ContactID)})
		}
		// Two conversations of his may be closed at once: one of them asks.
		if err := hold(ctx, store, who.ID); err != nil {
			return err
		}
		if !who.OptedOut.IsZero() {
			return nil
		}
		since := s.now().Add(-SurveyEvery + time.Microsecond)
		_, n, err := store.Surveys(ctx, SurveyFilter{Contact: who.ID, Since: since, Page: Page{Limit: 1}})
		if err != nil || n > 0 {
			return err
		}
		survey = &Survey{ContactID: who.ID, ConversationID: c.ID, UserID: of, Created: s.now()}
		return store.CreateSurvey(ctx, survey)
	})
	if err != nil {
		return nil, err
	}
	return survey, nil
}

// Rate keeps an answer of the contact, 5 to 1. From SurveyBad down it opens a
// complaint of that title and returns it: it belongs to the manager, or whoever
// answers for the team, and not to the one it is about unless nobody else leads.
// CodeConflict if it was answered, CodeInvalid for another number, CodeNotFound
// for somebody else's survey.
func (s *SurveyService) Rate(ctx context.Context, by Actor, id SurveyID, rating int, complaint string) (*Survey, *Ticket, error) {
	if rating < 1 || rating > 5 {
		return nil, nil, Fail(CodeInvalid, "survey.number").In("rating")
	}
	var ticket *Ticket
	survey, err := s.change(ctx, by, id, func(ctx context.Context, a *act, x *Survey) (err error) {
		if !x.Answered.IsZero() {
			return Fail(CodeConflict, "survey.answered")
		}
		x.Rating, x.Answered = rating, a.now
		if rating > SurveyBad {
			return nil
		}
		if ticket, err = a.complain(ctx, x, complaint); err == nil {
			x.TicketID = ticket.ID
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return survey, ticket, nil
}

// Comment adds what the contact says to it, to the complaint too. Returns
// CodeInvalid for nothing or too much, CodeNotFound for somebody else's survey.
func (s *SurveyService) Comment(ctx context.Context, by Actor, id SurveyID, text string) (*Survey, error) {
	return s.change(ctx, by, id, func(ctx context.Context, a *act, x *Survey) (err error) {
		if text, err = tidy("comment", text, textMax); err != nil {
			return err
		}
		if text == "" {
			return Fail(CodeInvalid, "field.empty").In("comment")
		}
		if x.Comment, err = tidy("comment", lines(x.Comment, text), textMax); err != nil || x.TicketID == 0 {
			return err
		}
		_, err = change(ctx, a, modify, KindTicket, "changed", a.store.UpdateTicket, x.TicketID, func(t *Ticket) (err error) {
			t.Body, err = tidy("comment", lines(t.Body, text), textMax)
			return err
		})
		return err
	})
}

// lines puts a text below another.
func lines(above, text string) string {
	if above == "" {
		return text
	}
	return above + "\n" + text
}

// change changes a survey of the actor's own.
func (s *SurveyService) change(ctx context.Context, by Actor, id SurveyID, fn func(context.Context, *act, *Survey) error) (survey *Survey, err error) {
	if by, err = s.himself(ctx, by); err != nil {
		return nil, err
	}
	if by.Kind != AuthorContact || by.Contact == 0 {
		return nil, Fail(CodeNotFound, "survey.missing")
	}
	err = s.act(ctx, by, func(ctx context.Context, a *act) error {
		a.free = true
		survey, err = a.store.UpdateSurvey(ctx, id, func(x *Survey) error {
			of, err := a.store.Contact(ctx, x.ContactID)
			if err != nil {
				return err
			}
			if of.ID != by.Contact {
				return Fail(CodeNotFound, "survey.missing")
			}
			return fn(ctx, a, x)
		})
		if CodeOf(err) == CodeNotFound {
			return Fail(CodeNotFound, "survey.missing").Because(err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return survey, nil
}

// complain opens the complaint about somebody.
func (a *act) complain(ctx context.Context, x *Survey, title string) (*Ticket, error) {
	of, err := a.store.Contact(ctx, x.ContactID)
	if err != nil {
		return nil, err
	}
	users, err := a.store.Users(ctx, UserFilter{Active: true})
	if err != nil {
		return nil, err
	}
	team := of.TeamID
	if team == 0 && x.UserID != 0 {
		if team, err = teamOf(ctx, a.store, of, x.UserID); err != nil {
			return nil, err
		}
	}
	t := &Ticket{
		Kind: TicketComplaint, Title: title, ContactID: of.ID, AccountID: of.AccountID, ConversationID: x.ConversationID,
	}
	if err := t.check(a.now); err != nil {
		return nil, err
	}
	owner := leader(users, team)
	others := slices.DeleteFunc(users, func(u *User) bool { return u.ID == x.UserID })
	if other := leader(others, team); other != nil && (leads(other) || owner == nil || !leads(owner)) {
		owner = other
	}
	possess(owner, &t.OwnerID, &t.TeamID)
	if err := a.store.CreateTicket(ctx, t); err != nil {
		return nil, err
	}
	return t, a.made(ctx, t)
}

// leads says whether somebody answers for others.
func leads(u *User) bool { return u.Role == RoleManager || u.Role == RoleAdmin }
