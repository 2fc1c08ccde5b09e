package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/bot/handoff"
	"crmbot/crm"
)

// command is step 5: a command of this audience. Staff have the grammar,
// customers exact phrases. While a form waits, a bare noun or reference that
// answers its question is no command.
func (r *Router) command(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.text == "" && (t.Inbound.Mention || t.Inbound.Aside) && t.Inbound.Kind == bot.KindText {
		reply, err := r.invoke(ctx, t, &call{command: r.commands["help"]})
		return reply, true, err // our name alone
	}
	if t.quiet || t.text == "" {
		return nil, false, nil
	}
	before := t.Session.Form
	reply, done, err := r.obey(ctx, t)
	if err != nil && before != nil && t.Session.Form == before {
		reply, err = r.worded(ctx, t, err)
	}
	if !done || err != nil || before == nil || t.Session.Form != before || t.Thread != nil {
		return reply, done, err // in a thread others would read the question twice
	}
	reply, err = r.again(ctx, t, reply)
	return reply, true, err
}

func (r *Router) obey(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if !t.Staff() {
		return r.phrase(ctx, t)
	}
	if f := t.Session.Form; f != nil {
		if name, ok := r.formWord(f, t.normal, t.core); ok && name == "form.back" && t.User.AwayAt.IsZero() {
			return nil, false, nil // of somebody away it says that he is there again
		}
	}
	call, ok := r.reminder(ctx, t)
	if !ok {
		call, ok = r.typed(t, t.text)
	}
	if !ok || call.noun {
		in, found, err := r.threadLine(ctx, t)
		if err != nil {
			return nil, true, err
		}
		if found {
			call, ok = in, true
		}
	}
	if !ok {
		call, ok = r.turned(t)
	}
	if !ok {
		call, ok = r.named(t)
	}
	if !ok && t.Session.Form == nil {
		call, ok = r.colonNote(ctx, t)
	}
	if !ok || t.Session.Form != nil && call.bare && r.answers(t, call) {
		return nil, false, nil
	}
	reply, err := r.invoke(ctx, t, call)
	return reply, true, err
}

// colonNote is "张伟:已发样品": a note about a record that is known by that name.
func (r *Router) colonNote(ctx context.Context, t *turn) (*call, bool) {
	note := r.commands["note"]
	m, ok := r.matcher.MatchColon(t.text)
	if note == nil || !ok {
		return nil, false
	}
	if m.Subject == (crm.Ref{}) {
		hits, err := t.CRM.Records.Find(ctx, t.Actor, m.SubjectName, fields(note)[0].Kinds, 1)
		if err != nil || len(hits) == 0 {
			return nil, false
		}
	}
	return r.bind(t, note, m), true
}

// phrase is what a customer can say word for word: courtesies, the commands
// for customers, a link code, a language.
func (r *Router) phrase(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if f := t.Session.Form; f != nil {
		if _, ok := r.formWord(f, t.normal, t.core); ok {
			return nil, false, nil // "no thanks" answers the question
		}
	}
	if name := r.yesOrNo(t); name != "" {
		reply, err := r.invoke(ctx, t, &call{command: r.commands[name]})
		return reply, true, err
	}
	if line := customer.ChosenLine(t.Request); line != "" {
		reply, err := r.press(ctx, t, line)
		return reply, true, err
	}
	if line := customer.FeedbackLine(t.Request, t.said); line != "" {
		reply, err := r.press(ctx, t, line)
		return reply, true, err
	}
	if courtesy := t.said.Courtesy(); courtesy != "" {
		reply, err := r.courtesy(ctx, t, courtesy)
		return reply, true, err
	}
	if name := r.exact[t.core]; name != "" {
		t.takeBurst()
		reply, err := r.invoke(ctx, t, &call{command: r.commands[name]})
		return reply, true, err
	}
	if reply, done, err := r.ownTicket(ctx, t); done || err != nil {
		return reply, done, err
	}
	if reply, done, err := r.speak(ctx, t); done || err != nil {
		return reply, done, err
	}
	if call, ok := r.typed(t, t.text); ok && r.shaped(t, call) {
		t.takeBurst()
		reply, err := r.invoke(ctx, t, call)
		return reply, true, err
	}
	return nil, false, nil
}

// yesOrNo is the command that a plain yes or no means, "" for none.
func (r *Router) yesOrNo(t *turn) string {
	is := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return r.isWord(key, t.normal) })
	}
	switch {
	case t.Identity == nil || t.Session.Form != nil:
	case is("words.yes", "button.notify.yes"):
		return customer.AnswersNotices(t.Request, true)
	case is("words.no", "words.skip", "button.notify.no"):
		return customer.AnswersNotices(t.Request, false)
	}
	return ""
}

// shaped says whether a customer's line is a command for everybody that can
// mean nothing else: every argument is there and nothing is left over.
func (r *Router) shaped(t *turn, c *call) bool {
	if c.command.For != "" || len(c.command.Args) == 0 || c.bare {
		return false
	}
	for _, a := range c.command.Args {
		raw, ok := c.values[a.Name]
		if !ok || strings.ContainsAny(raw, " ") || !r.looksLike(t, a, raw) {
			return false
		}
	}
	return true
}

// typed reads a line by the grammar. It reports false when the line is no
// command of this person's audience.
func (r *Router) typed(t *turn, line string) (*call, bool) {
	m, ok := r.matcher.Match(line)
	if !ok {
		return nil, false
	}
	name, bare := m.Name, false
	switch {
	case name != "":
	case m.Subject != (crm.Ref{}) && strings.TrimSpace(m.Rest) != "":
		return r.alone(t, m)
	case m.Subject != (crm.Ref{}):
		name, bare = string(m.Subject.Kind)+".show", true
	default:
		name, bare = string(m.Kind)+".mine", true
	}
	c := r.commands[name]
	if c == nil || c.For == crm.AudienceStaff && !t.Staff() {
		return nil, false
	}
	out := r.bind(t, c, m)
	out.bare, out.noun = bare, m.Name == "" && m.Subject == crm.Ref{}
	return out, true
}

// alone is a reference with nothing but a value: "OPP-1 280k", "线索1 A".
func (r *Router) alone(t *turn, m grammar.Match) (*call, bool) {
	rest := strings.TrimSpace(m.Rest)
	for _, c := range r.order {
		if c.Subject != m.Subject.Kind || c.Alone == "" || !t.Staff() {
			continue
		}
		for _, a := range c.Args {
			if a.Type == c.Alone && r.looksLike(t, a, rest) {
				return &call{command: c, text: rest, values: map[string]string{subject: m.Subject.String(), a.Name: rest}}, true
			}
		}
	}
	return nil, false
}

// courtesy answers in kind, and after thanks not at all.
func (r *Router) courtesy(ctx context.Context, t *turn, c customer.Courtesy) (*bot.Reply, error) {
	quietly := !t.Session.Thanked.IsZero() && t.Now.Sub(t.Session.Thanked) < answerSoon
	switch c {
	case customer.Thanks:
		t.Session.Thanked = t.Now.UTC()
		t.Session.Changed()
		if quietly {
			return nil, nil
		}
		return bot.Text(t.Words.T("courtesy.thanks")), nil
	case customer.Okay:
		if quietly || len(t.Session.Burst) > 0 {
			return nil, nil
		}
		return bot.Text(t.Words.T("courtesy.okay")), nil
	case customer.Bye:
		if quietly {
			return nil, nil
		}
		return bot.Text(t.Words.T("courtesy.bye")), nil
	}
	if t.Conversation.Status == crm.ConversationWaiting {
		return handoff.Waiting(ctx, t.Request)
	}
	if t.since("hello", burstWait) && c == customer.Ahead { // in one breath with a greeting
		return nil, nil
	}
	return bot.Text(t.Words.T("courtesy.hello")), nil
}
