package router

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// lookup is what was found for a text, as far as it was wanted.
type lookup struct {
	text   string
	want   knowledge.Want
	answer knowledge.Answer
}

// find looks a text up in the knowledge base, once for each event.
func (r *Router) find(ctx context.Context, t *turn, text string) (knowledge.Answer, error) {
	return r.look(ctx, t, text, knowledge.Everything)
}

// look is find for those who want less.
func (r *Router) look(ctx context.Context, t *turn, text string, want knowledge.Want) (knowledge.Answer, error) {
	if l := t.lookup; l != nil && l.text == text && (l.want <= want || l.want == knowledge.Alone && !l.answer.Exact) {
		return l.answer, nil
	}
	answer, err := r.knowledge.Find(ctx, knowledge.Question{Text: customer.Spoken(text), Language: t.language(), Want: want})
	if err == nil {
		t.lookup = &lookup{text, want, answer}
	}
	return answer, err
}

// wordless are the parts of a text that ask for nothing: links, addresses.
var wordless = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+|\S+@\S+\.\S+`)

// worded says whether a text has words to look up. A number has none.
func worded(text string) bool {
	if strings.ContainsAny(text, "@:.") { // no link and no address is without one
		text = wordless.ReplaceAllString(text, " ")
	}
	return strings.IndexFunc(text, unicode.IsLetter) >= 0
}

// asked remembers the last question, for whoever takes over.
func (t *turn) asked(text string) {
	const most = 300
	t.Session.Asked = shortened(text, most)
	t.Session.Changed()
}

// shortened is a text of at most so many characters.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most])
	}
	return text
}

// ask logs a customer's question with what was found and the article that he is
// shown, nil for none. The questions of colleagues are not logged: nil.
func (t *turn) ask(text string, answer knowledge.Answer, shown *crm.Article) *crm.Question {
	t.asked(text)
	if t.Staff() || t.Contact == nil {
		return nil
	}
	text = shortened(strings.Join(strings.Fields(text), " "), crm.QuestionMax)
	q := &crm.Question{
		Key: t.questionKey(), ConversationID: t.Conversation.ID, ContactID: t.Contact.ID,
		Text: text, Language: t.language(), Knowledge: answer.Version, Top: answer.Top, Band: crm.BandHandedOff,
		Asked: t.Now.UTC(),
	}
	if len(answer.Top) > 0 {
		q.Probability = answer.Top[0].Probability
	}
	switch {
	case shown != nil:
		q.Band, q.ArticleID, q.ArticleVersion = crm.BandAnswered, shown.ID, shown.Version
	case len(answer.Suggestions) > 0:
		q.Band = crm.BandSuggested
	}
	t.Ask(q)
	t.key = q.Key
	t.Session.Question, t.Session.QuestionAt = q.Key, q.Asked
	t.Session.Changed()
	return q
}

// unanswered logs what a customer said before he called for a person in the same
// breath: nobody has answered it, and nobody will but that person.
func (r *Router) unanswered(ctx context.Context, t *turn, text string) error {
	if t.handedOff() || t.Conversation.Person() || r.plainWish(t, text) {
		return nil
	}
	answer, err := r.find(ctx, t, text)
	if err != nil {
		return err
	}
	if q := t.ask(text, answer, nil); q != nil {
		q.Outcome = crm.OutcomePerson
	}
	return nil
}

// questionKey names the question that this event asks: by the event and where
// it came from, the same on every try. The minute of the event comes first, so
// that new keys lie together in their index, however many there are.
func (t *turn) questionKey() string {
	a := t.Inbound.Address
	sum := sha256.Sum256([]byte(string(a.Platform) + "\n" + string(a.Install) + "\n" + t.EventID))
	minute := binary.BigEndian.AppendUint32(nil, uint32(t.Inbound.At.Unix()/60)) //nolint:gosec // what is cut off is the same for centuries
	return hex.EncodeToString(append(minute[1:], sum[:7]...))
}

// answered is the answer to a question that was just asked.
func (t *turn) answered(a *crm.Article) *bot.Reply {
	return customer.Feedback(t.Request, customer.Article(a), t.key)
}

// unhelpful is that an answer did not help: what comes near besides is offered,
// else a person.
func (r *Router) unhelpful(ctx context.Context, req *bot.Request) (*bot.Reply, error) {
	key := req.Args.String("key")
	sorry := &bot.Reply{Text: req.Words.T("feedback.sorry"), Buttons: customer.PersonOffer(req, key)}
	if key == "" {
		return sorry, nil
	}
	if err := req.CRM.Questions.Became(ctx, key, crm.OutcomeNotHelpful, 0); err != nil {
		return nil, err
	}
	if req.Conversation.Person() {
		return customer.Noted(req, "feedback.noted"), nil
	}
	q, err := req.Store.QuestionByKey(ctx, key)
	if err != nil {
		return sorry, unseen(err)
	}
	t := r.reading(req)
	t.asked(q.Text)
	answer, err := r.find(ctx, t, q.Text)
	if err != nil {
		return nil, err
	}
	rest := besides(answer, customer.Unhelpful(req, key, q.ArticleID))
	reply := suggestions(t, rest, key)
	customer.Offered(req, key, rest.Suggestions, true)
	if len(reply.Buttons) == 0 {
		return sorry, nil
	}
	reply.Text = req.Words.T("feedback.other")
	reply.Buttons = append(reply.Buttons, noneButton(t, key))
	return reply, nil
}

// besides is what was found besides some articles.
func besides(answer knowledge.Answer, ids []crm.ArticleID) knowledge.Answer {
	all := answer.Suggestions
	if answer.Article != nil {
		all = append([]*crm.Article{answer.Article}, all...)
	}
	out := knowledge.Answer{Version: answer.Version, Top: answer.Top}
	for _, a := range all {
		if !slices.Contains(ids, a.ID) {
			out.Suggestions = append(out.Suggestions, a)
		}
	}
	return out
}

// took keeps that a person is in charge, or called, since this event: the
// question before was one for him.
func (r *Router) took(ctx context.Context, t *turn, before bool) error {
	c := t.Conversation
	if before || c == nil || !c.Person() || t.Contact == nil || t.Staff() || c.Audience != crm.AudienceCustomers {
		return nil
	}
	if t.ran != nil && t.ran.command.Name == "person" {
		return nil // it has done so, about the question that it named
	}
	return customer.ForPerson(ctx, t.Request, "")
}
