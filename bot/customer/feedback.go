package customer

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Under an answer of the knowledge base its reader says what it was worth to
// him. What he says is kept with the question, by its key.

// Pending is where a session keeps the keys of the questions that a model was
// asked about, apart by spaces.
const Pending = "assist"

// Keys of a session's values.
const (
	glad    = "solved"   // the key of the question that was solved last
	shown   = "answered" // the key of the question whose answer was shown last
	offered = "offered"  // a key, and the articles that were offered for it last
	tried   = "tried"    // a key, and the articles that did not help with it
)

const (
	// feedbackFor is how long words after an answer are about it.
	feedbackFor = 10 * time.Minute
	// personFor is how long a wish for a person is about the question before.
	personFor = 30 * time.Minute
)

// Feedback puts under an answer what its reader may say about it: whether it
// helped, or that he would rather have a person. An answer in the middle of a
// form, or while a person is called, goes without.
func Feedback(r *bot.Request, reply *bot.Reply, key string) *bot.Reply {
	if key == "" || r.Contact == nil {
		return reply
	}
	setValue(r, shown, key)
	if r.Session.Form != nil || r.Conversation.Person() {
		return reply
	}
	reply.Buttons = []bot.Button{
		{Label: r.Words.Label("button.solved"), Action: "solved key=" + key},
		{Label: r.Words.Label("button.unhelpful"), Action: "unhelpful key=" + key},
		{Label: r.Words.Label("button.person"), Action: "person key=" + key},
	}
	reply.Numbers = r.Words.T("feedback.numbers")
	return reply
}

// Offered keeps which articles were offered for the question of a key, and
// whether "none of these" came next, for who types a number though there are
// buttons.
func Offered(r *bot.Request, key string, articles []*crm.Article, orNone bool) {
	value := key
	for _, a := range articles {
		value += " " + a.Ref().String()
	}
	if orNone {
		value += " none"
	}
	setValue(r, offered, value)
}

// ChosenLine is the line of a number that means one of the articles that were
// offered last, or none of them; "" if it means nothing.
func ChosenLine(r *bot.Request) string {
	refs := strings.Fields(r.Session.Values[offered])
	if len(refs) < 2 || refs[0] != r.Session.Question || r.Session.Form != nil ||
		r.Conversation.Person() || r.Features.Buttons == 0 || r.Now.Sub(r.Session.QuestionAt) > feedbackFor {
		return ""
	}
	n, ok := Choice(r, r.Inbound.Text)
	if !ok || n >= len(refs) {
		return ""
	}
	if refs[n] == "none" {
		return "none key=" + refs[0]
	}
	return "article " + refs[n] + " key=" + refs[0]
}

// Article is the answer that an article gives.
func Article(a *crm.Article) *bot.Reply {
	return &bot.Reply{Text: a.Body, Cites: &bot.Cited{Article: a.ID, Version: a.Version}}
}

// FeedbackLine is the line of a message that says what the answer before it was
// worth, or that none of what was offered fits, and nothing else; "" if it is
// none. Long after an answer it is about none in particular.
func FeedbackLine(r *bot.Request, said *Said) string {
	if r.Session.Form != nil || r.Conversation.Person() || Comment(r) != "" {
		return ""
	}
	line := said.Verdict()
	key := r.Session.Question
	switch {
	case line == "" || key == "" || r.Now.Sub(r.Session.QuestionAt) > feedbackFor:
		return line
	case r.Session.Values[shown] == key:
		return line + " key=" + key
	case line == "unhelpful":
		return "none key=" + key
	}
	return line
}

// Verdict is what a whole text says of an answer: "solved", "unhelpful", "" for
// anything else.
func (p *Phrases) Verdict(text string) string { return p.Hear(text).Verdict() }

// Verdict is that of Phrases for what was said.
func (s *Said) Verdict() string {
	if strings.Contains(s.Text, "’") {
		s = s.phrases.Hear(strings.ReplaceAll(s.Text, "’", "'"))
	}
	if v := s.phrases.verdicts[s.Normal]; v != "" {
		return v
	}
	return s.phrases.verdicts[s.Core]
}

// helped is that an answer was the right one.
func helped(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	key := r.Args.String("key")
	if r.Inbound.Kind == bot.KindText && r.Session.Values[glad] == key {
		return nil, nil // he has said so, and was answered
	}
	setValue(r, glad, key)
	if key == r.Session.Question {
		r.Session.Asked = "" // nobody needs to answer it any more
	}
	if key != "" {
		if err := r.CRM.Questions.Became(ctx, key, crm.OutcomeSolved, 0); err != nil {
			return nil, err
		}
	}
	return Noted(r, "feedback.solved"), nil
}

// Noted is a short word at a pressed button, a message for who typed.
func Noted(r *bot.Request, key string) *bot.Reply {
	if r.Inbound.Kind == bot.KindText {
		return bot.Text(r.Words.T(key))
	}
	return &bot.Reply{Toast: r.Words.Label(key)}
}

// article shows what was suggested.
func article(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, err := r.CRM.Articles.Article(ctx, crm.ArticleID(r.Args.Subject.ID))
	if err != nil {
		return nil, err
	}
	if a.Status != crm.ArticlePublished {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone")
	}
	key := r.Args.String("key")
	if key != "" {
		if err := r.CRM.Questions.Became(ctx, key, crm.OutcomePicked, a.ID); err != nil {
			return nil, err
		}
		r.Session.Question, r.Session.QuestionAt = key, r.Now.UTC()
		r.Session.Changed()
	}
	return Feedback(r, Article(a), key), nil
}

// none is "none of these": nothing we know helps.
func none(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	key := r.Args.String("key")
	if key != "" {
		if err := r.CRM.Questions.Became(ctx, key, crm.OutcomeNone, 0); err != nil {
			return nil, err
		}
	}
	return &bot.Reply{Text: r.Words.T("handoff.offer"), Buttons: PersonOffer(r, key)}, nil
}

// PersonOffer are the buttons that offer a person, or to leave a message, about
// the question of a key, "" for none.
func PersonOffer(r *bot.Request, key string) []bot.Button {
	line := "person"
	if key != "" {
		line += " key=" + key
	}
	return []bot.Button{
		{Label: r.Words.Label("button.person"), Action: line},
		{Label: r.Words.Label("button.message"), Action: MessageLine},
	}
}

// Unhelpful is that an article did not help with the question of a key. It
// returns all that did not so far.
func Unhelpful(r *bot.Request, key string, article crm.ArticleID) []crm.ArticleID {
	kept, ids, _ := strings.Cut(r.Session.Values[tried], " ")
	var out []crm.ArticleID
	if kept == key {
		for _, id := range strings.Fields(ids) {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				out = append(out, crm.ArticleID(n))
			}
		}
	}
	if article != 0 && !slices.Contains(out, article) {
		out = append(out, article)
	}
	value := key
	for _, id := range out {
		value += " " + strconv.FormatInt(int64(id), 10)
	}
	setValue(r, tried, value)
	return out
}

// ForPerson keeps that a person was wanted after a question: that of the key,
// else the one that was asked lately. No model answers any more.
func ForPerson(ctx context.Context, r *bot.Request, key string) error {
	if r.Session.Values[Pending] != "" {
		setValue(r, Pending, "")
	}
	if key == "" && r.Now.Sub(r.Session.QuestionAt) <= personFor {
		key = r.Session.Question
	}
	if key == "" {
		return nil
	}
	return r.CRM.Questions.Became(ctx, key, crm.OutcomePerson, 0)
}
