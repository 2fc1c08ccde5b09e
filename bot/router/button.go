package router

import (
	"context"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/crm"
)

// button is step 1: a pressed button, the number of one where there are no
// buttons, a platform's form. The line that was kept behind it is obeyed.
func (r *Router) button(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	action := t.Inbound.Action
	switch t.Inbound.Kind {
	case bot.KindAction, bot.KindForm:
	case bot.KindText:
		choice, late := t.choice()
		if late {
			return bot.Text(t.Words.T("button.late")), true, nil
		}
		if choice == "" {
			return nil, false, nil
		}
		action = choice
	default:
		return nil, false, nil
	}
	kept, toast, err := r.kept(ctx, t, action)
	if err != nil {
		return nil, true, err
	}
	if kept == nil {
		return t.toast(toast), true, nil
	}
	line := kept.Action
	if t.Inbound.Kind == bot.KindForm {
		line = withValues(line, t.Inbound.Values)
	}
	before := t.Session.Form
	reply, err := r.press(ctx, t, line)
	if err == nil && before != nil && t.Session.Form == before && !reply.Empty() && reply.Toast == "" {
		reply, err = r.again(ctx, t, reply)
	}
	return reply, true, err
}

// choice is the action behind a typed number. late is true for the number of
// a question that is too old. While a form expects words that may be a number
// no number is a choice.
func (t *turn) choice() (action string, late bool) {
	s := t.Session
	if len(s.Choices) == 0 || !t.Inbound.Direct && !t.Inbound.Mention {
		return "", false
	}
	n, err := strconv.Atoi(customer.Normal(t.text))
	if err != nil || n < 1 || n > len(s.Choices) || len(t.text) > 6 {
		return "", false
	}
	if s.Form != nil && s.Form.Numbers {
		return "", false
	}
	if t.Now.After(s.ChoicesUntil) {
		return "", true
	}
	return s.Choices[n-1].Action, false
}

// forgetChoices ends the numbers of an older question once something else was
// answered: a number belongs to the last question.
func (r *Router) forgetChoices(t *turn, reply *bot.Reply) {
	if len(t.Session.Choices) == 0 || reply.Empty() || reply.Text == "" && len(reply.Cards) == 0 {
		return
	}
	t.Session.Choices = nil
	t.Session.Changed()
}

// kept finds the button's line. Without one it says what to tell the person.
func (r *Router) kept(ctx context.Context, t *turn, action string) (*bot.KeptButton, string, error) {
	id, ok := strings.CutPrefix(action, "b:")
	if !ok {
		return nil, "button.gone", nil
	}
	found, err := t.Store.Buttons(ctx, []string{id})
	if err != nil {
		return nil, "", err
	}
	b := found[id]
	switch {
	case b == nil || b.Conversation != t.Conversation.ID || t.Now.After(b.Expires):
		return nil, "button.gone", nil
	case b.For != "" && b.For != t.Inbound.Sender.ID:
		return nil, "button.other", nil
	case b.Once && !b.UsedAt.IsZero():
		return nil, "button.used", nil
	}
	if b.Once {
		first, err := t.Store.UseButton(ctx, id, t.Inbound.Sender.ID, t.Now.UTC())
		if err != nil {
			return nil, "", err
		}
		if !first {
			return nil, "button.used", nil
		}
	}
	return b, "", nil
}

// toast is a short notice; who typed a number gets it as a message.
func (t *turn) toast(key string) *bot.Reply {
	if t.Inbound.Kind == bot.KindText {
		return bot.Text(t.Words.T(key))
	}
	return &bot.Reply{Toast: t.Words.Label(key)}
}

// press obeys a line of ours: the line of a button, of a notice, of a timer.
func (r *Router) press(ctx context.Context, t *turn, line string) (*bot.Reply, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if strings.HasPrefix(name, "form.") {
		return r.formButton(ctx, t, name, rest)
	}
	if c := r.commands[name]; c != nil {
		return r.invoke(ctx, t, r.exactly(t, c, rest))
	}
	if t.Staff() {
		if call, ok := r.typed(t, line); ok {
			return r.invoke(ctx, t, call)
		}
	}
	if name := r.exact[customer.Normal(line)]; name != "" {
		return r.invoke(ctx, t, &call{command: r.commands[name]})
	}
	return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(lineError(line))
}

// lineError is a line of ours that means nothing: a fault to be found in the log.
type lineError string

func (e lineError) Error() string { return "no such line: " + string(e) }

// withValues adds the fields of a platform's form to the line that opened it.
func withValues(line string, values map[string]string) string {
	for _, name := range sortedKeys(values) {
		if v := strings.TrimSpace(values[name]); v != "" {
			line += " " + pair(name, v)
		}
	}
	return line
}
