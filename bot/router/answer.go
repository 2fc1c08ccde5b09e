package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/crm"
)

// said is what a customer says while a form asks: another wish, the answer, or
// something the knowledge base knows.
func (r *Router) said(ctx context.Context, t *turn, c *bot.Command) (*bot.Reply, bool, error) {
	if reply, done, err := r.wishInForm(ctx, t); done || err != nil {
		return reply, done, err
	}
	f := t.Session.Form
	for _, a := range fields(c) {
		if a.Name != f.Asking {
			continue
		}
		if a.Type != bot.ArgText && !r.looksLike(t, a, t.text) && !t.quiet {
			answer, err := r.look(ctx, t, t.text, knowledge.Alone)
			if err != nil {
				return nil, true, err
			}
			if answer.Article != nil {
				t.ask(t.text, answer, answer.Article)
				reply, err := r.again(ctx, t, t.answered(answer.Article))
				return reply, true, err
			}
		}
		if a.Read != nil {
			reply, err := r.read(ctx, t, a)
			return reply, true, err
		}
	}
	reply, err := r.formAct(ctx, t, "form.answer", t.text)
	return reply, true, err
}

// formCall is the open form as a call.
func (r *Router) formCall(f *bot.FormState) *call {
	return &call{command: r.commands[f.Command], values: f.Values, skipped: f.Skipped, text: f.Text, meant: f.Meant}
}

// read takes an answer as its argument reads it.
func (r *Router) read(ctx context.Context, t *turn, a bot.Arg) (*bot.Reply, error) {
	reading := a.Read(t.Request, t.text)
	if reading.Otherwise && r.looksLike(t, a, t.text) {
		reading = bot.Reading{}
	}
	c := r.formCall(t.Session.Form)
	for _, name := range sortedKeys(reading.Values) {
		c.set(name, reading.Values[name])
		c.meant = true
	}
	switch {
	case reading.Wrong != "":
		return r.ask(ctx, t, c, a, crm.Fail(crm.CodeInvalid, reading.Wrong))
	case reading.Skip:
		t.Session.Form.Values = c.values
		return r.skip(ctx, t, c)
	case len(reading.Values) == 0:
		return r.formAct(ctx, t, "form.answer", t.text)
	case reading.Otherwise && reading.Values[a.Name] == "":
		return r.ask(ctx, t, c, a, crm.Fail(crm.CodeInvalid, wrongKey(a.Type)))
	}
	return r.invoke(ctx, t, c)
}

// wishInForm is a wish while a form is open. One of the same kind is added to
// the form; another one ends it, with what is known taken down.
func (r *Router) wishInForm(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	wish, ok := r.wish(t, t.text)
	f := t.Session.Form
	if !ok || wish.Doubt || t.quiet || f.Asking == confirming {
		return nil, false, nil
	}
	if wish.Command != f.Command {
		before, err := r.submit(ctx, t)
		if err != nil {
			return nil, true, err
		}
		reply, err := r.invoke(ctx, t, r.wanting(wish))
		return joinReplies(before, reply), true, err
	}
	if len(wish.Values) == 0 || f.Asking == "text" && wish.Values["text"] != "" {
		return nil, false, nil
	}
	c := r.formCall(f)
	c.meant = true
	if quantity := c.values["quantity"]; wish.Values["need"] != "" && c.values["need"] != "" && quantity != "" {
		c.set("need", c.values["need"]+" "+quantity) // of the first need, not of all
		delete(c.values, "quantity")
	}
	for _, name := range sortedKeys(wish.Values) {
		value := wish.Values[name]
		if before := c.values[name]; (name == "need" || name == "text") && before != "" && !strings.Contains(before, value) {
			value = before + "; " + value
		}
		c.set(name, value)
	}
	reply, err := r.invoke(ctx, t, c)
	return reply, true, err
}

// longestQuestions bounds the questions that a form keeps, in runes.
const longestQuestions = 500

// putOff keeps a question that has no answer with the form, for the colleague
// who gets it. What comes near is shown first, each in a line of its own.
func (r *Router) putOff(ctx context.Context, t *turn, answer knowledge.Answer) (*bot.Reply, error) {
	t.ask(t.text, answer, nil)
	c := r.formCall(t.Session.Form)
	before := c.values["question"]
	if len([]rune(before))+len([]rune(t.text)) < longestQuestions && !strings.Contains(before, t.text) {
		c.set("question", strings.TrimPrefix(before+"; "+t.text, "; "))
	}
	t.Session.Form.Values, t.Session.Form.Meant = c.values, true
	t.Session.Changed()
	reply := bot.Text(t.Words.T("form.question"))
	if len(answer.Suggestions) > 0 {
		reply.Buttons = suggestions(t, answer, t.key).Buttons
		reply.Text += "\n" + t.Words.T("form.suggest")
	}
	return r.again(ctx, t, reply)
}
