package customer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/handoff"
	"crmbot/bot/relay"
	"crmbot/crm"
)

// After a person has closed a conversation the customer may say how content he
// is: by a button, or by a number alone, within a day. A word of his own may
// follow. Everything else he says is no answer, and goes its ordinary way.

// Where a session keeps what was asked: "survey moment".
const (
	surveyAsked   = "survey"
	surveyComment = "survey.comment"
)

const (
	ratingFor  = 24 * time.Hour
	commentFor = 10 * time.Minute
	best       = 5
)

// askSurvey asks how content the customer is, if he is to be asked now.
func askSurvey(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	left, limited, err := handoff.Credits(ctx, r)
	if err != nil || !r.Company.Survey || limited && left < 1 || r.Conversation.Person() || r.Contact == nil ||
		r.Identity == nil || r.Identity.Muted(r.Now) {
		return nil, err
	}
	user, err := strconv.ParseInt(r.Args.String("user"), 10, 64)
	if err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(err)
	}
	s, err := r.CRM.Surveys.Ask(ctx, r.Conversation, crm.UserID(user))
	if s == nil || err != nil {
		return nil, err
	}
	setValue(r, surveyAsked, mark(r, s.ID))
	reply := bot.Text(r.Words.T("survey.ask"))
	for n := best; n >= 1; n-- {
		label := r.Words.Label(fmt.Sprintf("survey.%d", n))
		if r.Features.Buttons > 0 {
			label = strconv.Itoa(n) + " " + label
		}
		reply.Buttons = append(reply.Buttons, bot.Button{Label: label, Action: rateLine(s.ID, n), Once: true})
	}
	if r.Features.Buttons == 0 {
		slices.Reverse(reply.Buttons) // the number that is typed is the rating
	}
	return reply, nil
}

func rateLine(id crm.SurveyID, n int) string {
	return fmt.Sprintf("survey.rate survey=%d rating=%d", id, n)
}

// mark is what a session keeps of a question about a survey.
func mark(r *bot.Request, id crm.SurveyID) string {
	return fmt.Sprintf("%d %s", id, r.Now.UTC().Format(time.RFC3339))
}

// pending is the survey that a session keeps under key, if it was asked within d.
func pending(r *bot.Request, key string, d time.Duration) (crm.SurveyID, bool) {
	id, when, kept := strings.Cut(r.Session.Values[key], " ")
	if !kept {
		return 0, false
	}
	at, err := time.Parse(time.RFC3339, when)
	n, bad := strconv.ParseInt(id, 10, 64)
	return crm.SurveyID(n), err == nil && bad == nil && r.Now.Sub(at) < d
}

// Rating is the line of a message that answers a survey and is nothing else: a
// number alone, or the words of a button; "" if a message is none. A number
// belongs to the last question that has numbers.
func Rating(r *bot.Request) string {
	id, ok := pending(r, surveyAsked, ratingFor)
	if !ok || r.Inbound.Kind != bot.KindText || r.Session.Form != nil || r.Conversation.Person() {
		return ""
	}
	if n := rated(r, r.Inbound.Text); n != 0 {
		return rateLine(id, n)
	}
	n, number := Choice(r, r.Inbound.Text)
	other := len(r.Session.Choices) > 0 && r.Session.Choices[0].Label != r.Words.Label("survey.1") && r.Now.Before(r.Session.ChoicesUntil)
	if !number || n > best || other && r.Features.Buttons == 0 {
		return ""
	}
	return rateLine(id, n)
}

// rated is what the words of a button say, with its number or without, and a
// number with its unit: "2 不满意", "非常满意", "4分", "5 stars"; 0 for anything else.
func rated(r *bot.Request, text string) int {
	said := strings.ReplaceAll(Normal(text), " ", "")
	for n := best; n >= 1; n-- {
		number := strconv.Itoa(n)
		for _, label := range r.Words.Every("survey." + number) {
			label = strings.ReplaceAll(Normal(label), " ", "")
			if said == label || said == number+label || said == number+"."+label {
				return n
			}
		}
		for _, unit := range r.Words.Every("words.rating.after") {
			if said == number+strings.ReplaceAll(Normal(unit), " ", "") {
				return n
			}
		}
	}
	return 0
}

// Comment is the line that takes a message as the word after a rating, "" if
// none was asked for lately. Whoever asks it has made sure that the message is
// nothing else.
func Comment(r *bot.Request) string {
	id, ok := pending(r, surveyComment, commentFor)
	if !ok || r.Inbound.Kind != bot.KindText || r.Session.Form != nil || r.Conversation.Person() {
		return ""
	}
	return fmt.Sprintf("survey.comment survey=%d", id)
}

// rate keeps a rating and asks for a word about it. A bad one is a complaint, and
// a manager hears of it.
func rate(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, err := strconv.ParseInt(r.Args.String("survey"), 10, 64)
	rating, bad := strconv.Atoi(r.Args.String("rating"))
	if err != nil || bad != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone")
	}
	complaint := r.WordsIn(r.Company.Language).Label("survey.complaint", "rating", rating)
	s, ticket, err := r.CRM.Surveys.Rate(ctx, r.Actor, crm.SurveyID(id), rating, complaint)
	if err != nil {
		return nil, err
	}
	setValue(r, surveyAsked, "")
	setValue(r, surveyComment, mark(r, s.ID))
	key := "survey.thanks"
	if ticket != nil {
		key = "survey.bad"
		r.Tell(ticket.OwnerID, fmt.Sprintf("notice.survey.bad survey=%d", s.ID))
	}
	return &bot.Reply{
		Text: r.Words.T(key) + "\n" + r.Words.T("survey.comment"), Replace: true,
		Buttons: []bot.Button{{Label: r.Words.Label("button.skip"), Action: "survey.skip", Once: true}},
	}, relay.Follow(ctx, r)
}

// comment keeps what the customer says to his rating.
func comment(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, err := strconv.ParseInt(r.Args.String("survey"), 10, 64)
	if err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone")
	}
	setValue(r, surveyComment, "")
	text := r.Args.String("text")
	if text == "" {
		text = r.Inbound.Text
	}
	s, err := r.CRM.Surveys.Comment(ctx, r.Actor, crm.SurveyID(id), text)
	if err != nil {
		return nil, err
	}
	told, key := s.UserID, "survey.passed"
	if s.TicketID != 0 {
		t, err := r.CRM.Tickets.Ticket(ctx, crm.System(), s.TicketID)
		if err != nil {
			return nil, err
		}
		told, key = t.OwnerID, "survey.noted"
	}
	r.Tell(told, fmt.Sprintf("notice.survey.bad survey=%d said=comment", s.ID))
	return bot.Text(r.Words.T(key)), relay.Follow(ctx, r)
}

// skipComment is that there is no more to say.
func skipComment(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	setValue(r, surveyComment, "")
	return &bot.Reply{Text: r.Words.T("survey.noted"), Replace: true}, nil
}
