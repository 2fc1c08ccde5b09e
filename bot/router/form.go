package router

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// formLife is how long a half-filled form waits for its person.
const formLife = 24 * time.Hour

// patience is after how many wrong answers a customer is offered a person.
const patience = 2

// form is step 6: the answer to what we asked. A question that the knowledge
// base surely answers is answered, and then we ask again.
func (r *Router) form(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	f := t.Session.Form
	if f == nil {
		return r.comment(ctx, t)
	}
	c := r.commands[f.Command]
	if c == nil || t.Now.Sub(f.Started) > formLife {
		t.closeForm()
		return nil, false, nil
	}
	if t.filesAlone() {
		t.wait()
		return nil, true, nil
	}
	if t.text == "" {
		reply, err := r.again(ctx, t, bot.Text(t.Words.N("form.file", len(t.Inbound.Files))))
		return reply, true, err
	}
	if name, ok := r.formWord(f, t.normal, t.core); ok {
		reply, err := r.formAct(ctx, t, name, "")
		return reply, true, err
	}
	if !t.quiet && t.said.Question() {
		answer, err := r.look(ctx, t, t.text, knowledge.Alone)
		if err != nil {
			return nil, true, err
		}
		if answer.Article != nil {
			t.ask(t.text, answer, answer.Article)
			reply, err := r.again(ctx, t, t.answered(answer.Article))
			return reply, true, err
		}
		if !t.Staff() && !r.fitsForm(t, c, t.text) {
			reply, err := r.putOff(ctx, t, answer)
			return reply, true, err
		}
	}
	if !t.Staff() {
		return r.said(ctx, t, c)
	}
	reply, err := r.formAct(ctx, t, "form.answer", t.text)
	return reply, true, err
}

// comment is a word about how somebody was helped, right after he was asked for
// it. A question is none.
func (r *Router) comment(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Staff() || t.text == "" || customer.Comment(t.Request) == "" || t.said.Question() {
		return nil, false, nil
	}
	line, err := r.commentLine(ctx, t)
	if line == "" || err != nil {
		return nil, err != nil, err
	}
	reply, err := r.press(ctx, t, line)
	return reply, true, err
}

// goodRating is the first rating after which words about trouble are a new matter
// and no comment.
const goodRating = 3

// commentLine is the line that keeps a message as a comment, "" for one that is
// none: who was content and now tells of torn bags wants help.
func (r *Router) commentLine(ctx context.Context, t *turn) (string, error) {
	line := customer.Comment(t.Request)
	if line == "" {
		return "", nil
	}
	if _, ok := r.wish(t, t.text); !ok {
		return line, nil
	}
	_, text, _ := strings.Cut(line, "survey=")
	id, err := strconv.ParseInt(strings.Fields(text + " -")[0], 10, 64)
	if err != nil {
		return line, nil
	}
	s, err := t.Store.Survey(ctx, crm.SurveyID(id))
	if err != nil || s.Rating >= goodRating {
		return "", err
	}
	return line, nil
}

// fitsForm says whether a question can be the answer to what was asked last. A
// company or an order number is none, a need may well be ("do you have …?").
func (r *Router) fitsForm(t *turn, c *bot.Command, text string) bool {
	for _, a := range fields(c) {
		if a.Name != t.Session.Form.Asking {
			continue
		}
		if c.Name == "wish" && a.Need == bot.Required {
			return customer.IsWare(text, r.goods)
		}
		if a.Type == bot.ArgText && a.Need == bot.Asked && !strings.ContainsAny(text, "0123456789") {
			return false
		}
		return r.looksLike(t, a, text)
	}
	return true
}

// formWord is what a typed word does to the form, as its buttons do.
func (r *Router) formWord(f *bot.FormState, normal, core string) (string, bool) {
	is := func(key string) bool { return r.isWord(key, normal) || core != "" && r.isWord(key, core) }
	switch {
	case is("command.cancel"):
		return "form.cancel", true
	case is("words.back"):
		return "form.back", true
	case is("words.skip"), is("words.skip." + f.Asking):
		return "form.skip", true
	case core != "" && f.Command == "wish" && is("words.leave"):
		return "form.cancel", true
	}
	if f.Asking == confirming {
		switch {
		case r.isWord("words.yes", normal):
			return "form.yes", true
		case r.isWord("words.no", normal):
			return "form.cancel", true
		}
	}
	return "", false
}

// formButton is a pressed button of a form. It counts only while the form
// still asks what it asked then.
func (r *Router) formButton(ctx context.Context, t *turn, name, rest string) (*bot.Reply, error) {
	command, rest, _ := strings.Cut(rest, " ")
	asking, value, _ := strings.Cut(rest, " ")
	f := t.Session.Form
	if f == nil || f.Command != command || f.Asking != asking {
		return t.toast("button.gone"), nil
	}
	return r.formAct(ctx, t, name, value)
}

func (r *Router) formAct(ctx context.Context, t *turn, name, value string) (*bot.Reply, error) {
	f := t.Session.Form
	c := &call{command: r.commands[f.Command], values: f.Values, skipped: f.Skipped, text: f.Text, meant: f.Meant}
	switch name {
	case "form.cancel":
		t.closeForm()
		return bot.Text(t.Words.T("form.cancelled")), nil
	case "form.back":
		return r.back(ctx, t, c)
	case "form.skip":
		return r.skip(ctx, t, c)
	case "form.yes":
		c.yes = true
		return r.invoke(ctx, t, c)
	}
	if f.Asking == confirming {
		return r.correct(ctx, t, c, value)
	}
	t.answering = true
	c.meant = true
	c.set(f.Asking, picked(t.Request, f, value))
	return r.invoke(ctx, t, c)
}

// skip leaves the question open, if it may be.
func (r *Router) skip(ctx context.Context, t *turn, c *call) (*bot.Reply, error) {
	asking := t.Session.Form.Asking
	for _, a := range fields(c.command) {
		if a.Name != asking {
			continue
		}
		if a.Need == bot.Required {
			return r.ask(ctx, t, c, a, crm.Fail(crm.CodeInvalid, "form.needed"))
		}
		c.skipped = append(c.skipped, a.Name)
		if c.command.Name == "wish" {
			customer.KeepBack(t.Request, a.Name)
		}
	}
	return r.invoke(ctx, t, c)
}

// back forgets the answer before and asks for it again.
func (r *Router) back(ctx context.Context, t *turn, c *call) (*bot.Reply, error) {
	asking := t.Session.Form.Asking
	var before *bot.Arg
	for _, a := range fields(c.command) {
		if a.Name == asking {
			break
		}
		_, given := c.values[a.Name]
		if given && a.Name != subject || slices.Contains(c.skipped, a.Name) {
			before = &a
		}
	}
	if before == nil {
		reply, err := r.again(ctx, t, bot.Text(t.Words.T("form.first")))
		return reply, err
	}
	delete(c.values, before.Name)
	c.skipped = slices.DeleteFunc(slices.Clone(c.skipped), func(s string) bool { return s == before.Name })
	return r.ask(ctx, t, c, *before, nil)
}

// correct reads name=value behind a confirm card, and shows the card again.
func (r *Router) correct(ctx context.Context, t *turn, c *call, text string) (*bot.Reply, error) {
	tokens := grammar.Split(text)
	b := &binder{router: r, turn: t, call: c}
	if !b.allNamed(tokens) {
		return r.again(ctx, t, bot.Text(r.howToCorrect(t, c)))
	}
	for _, tok := range tokens {
		c.set(b.named(tok.Name).Name, tok.Text)
	}
	return r.invoke(ctx, t, c)
}

// keep remembers the form with the question that was asked.
func (t *turn) keep(c *call, asking string, numbers, wrong bool) {
	f := t.Session.Form
	if f == nil || f.Command != c.command.Name {
		f = &bot.FormState{Command: c.command.Name, Started: t.Now.UTC(), Lang: t.Words.Lang()}
		if c.command.Idle {
			t.later(idleLine(f), idleAfter)
		}
	}
	tries := 0
	if wrong && f.Asking == asking {
		tries = f.Tries + 1
	}
	t.Session.Form = &bot.FormState{
		Command: f.Command, Values: c.values, Skipped: c.skipped, Text: c.text, Asking: asking, Tries: tries,
		Started: f.Started, Asked: t.Now.UTC(), Numbers: numbers, Lang: f.Lang,
		Meant: f.Meant || c.meant,
	}
	t.Session.Changed()
}

func (t *turn) closeForm() {
	t.Session.Form = nil
	t.Session.Changed()
}

// ask asks for an argument, after a word about what was wrong before.
func (r *Router) ask(ctx context.Context, t *turn, c *call, a bot.Arg, wrong error) (*bot.Reply, error) {
	var many *severalError
	if errors.As(wrong, &many) {
		return r.pick(t, c, a, many), nil
	}
	if wrong != nil && t.isPicking(a.Name) {
		return r.stillPicking(t, c, a, wrong), nil
	}
	question := r.question(ctx, t, c, a)
	t.keep(c, a.Name, question.numbers, wrong != nil)
	if wrong != nil {
		question.Text = t.Words.Error(wrong) + "\n" + question.Text
	}
	if t.Session.Form.Tries >= patience && t.Contact != nil {
		question.Buttons = append(question.Buttons, bot.Button{Label: t.Words.Label("button.person"), Action: "person"})
	}
	return question.Reply, nil
}

// again puts the open question under a reply.
func (r *Router) again(ctx context.Context, t *turn, reply *bot.Reply) (*bot.Reply, error) {
	f := t.Session.Form
	if f == nil {
		return reply, nil
	}
	c := &call{command: r.commands[f.Command], values: f.Values, skipped: f.Skipped, text: f.Text, meant: f.Meant}
	if f.Asking == confirming {
		return joinReplies(reply, r.stillOpen(t, c)), nil
	}
	for _, a := range fields(c.command) {
		if a.Name == f.Asking && len(f.Picks) > 0 {
			return joinReplies(reply, r.stillPicking(t, c, a, nil)), nil
		}
		if a.Name == f.Asking {
			question, err := r.ask(ctx, t, c, a, nil)
			return joinReplies(reply, question), err
		}
	}
	return reply, nil
}
