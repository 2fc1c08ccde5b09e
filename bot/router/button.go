package router

import (
	"context"
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
		if t.Thread != nil && r.forCustomer(t.text) {
			return nil, false, nil
		}
		choice, late := t.choice()
		if late && customer.Rating(t.Request) == "" {
			return bot.Text(t.Words.T("button.late")), true, nil
		}
		if choice == "" {
			return nil, false, nil
		}
		action = choice
	default:
		return nil, false, nil
	}
	c, form, toast, err := r.behind(ctx, t, action)
	if err != nil {
		return nil, true, err
	}
	if toast != "" {
		return t.toast(toast), true, nil
	}
	before := t.Session.Form
	reply, err := r.pressed(ctx, t, c, form)
	if err == nil && before != nil && t.Session.Form == before && !reply.Empty() && reply.Toast == "" {
		reply, err = r.again(ctx, t, reply)
	}
	return reply, true, err
}

// pressed obeys the call behind a button, or the button of a form.
func (r *Router) pressed(ctx context.Context, t *turn, c *call, form string) (*bot.Reply, error) {
	if form != "" {
		name, rest, _ := strings.Cut(form, " ")
		return r.formButton(ctx, t, name, rest)
	}
	return r.invoke(ctx, t, c)
}

// behind is what stands behind the action of a button or a form: the call that
// its line makes, with what the form adds to it, or the line of a question's
// button. A toast says why there is nothing. A button that works once has done
// so after this.
func (r *Router) behind(ctx context.Context, t *turn, action string) (c *call, form, toast string, err error) {
	line := action
	if strings.HasPrefix(action, "b:") {
		kept, toast, err := r.kept(ctx, t, action)
		if err == nil && toast == "" {
			toast, err = t.use(ctx, kept)
		}
		if err != nil || toast != "" {
			return nil, "", toast, err
		}
		line, t.pressed = kept.Action, kept
		t.aside = t.aside || kept.For != ""
		if strings.HasPrefix(line, "form.") {
			return nil, line, "", nil
		}
		if c, err = r.line(t, line); err != nil {
			return nil, "", "", err
		}
	} else if c = r.openly(t, line); c == nil || !t.Staff() {
		return nil, "", "button.gone", nil
	}
	if t.Inbound.Kind == bot.KindForm {
		c.fill(t.Inbound.Values)
		c.yes = true // the form was the confirmation
	}
	return c, "", "", nil
}

// choice is the action behind a typed number. late is true for the number of
// a question that is too old. While a form expects words that may be a number
// no number is a choice.
func (t *turn) choice() (action string, late bool) {
	s := t.Session
	if len(s.Choices) == 0 || !t.addressed() {
		return "", false
	}
	n, ok := customer.Choice(t.Request, t.text)
	if !ok || n > len(s.Choices) {
		return "", false
	}
	if s.Form != nil && s.Form.Numbers {
		return "", false
	}
	if t.handedOff() && s.Choices[0].Label == t.Words.Label("button.solved") {
		return "", false // a number for the person who answers now
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
// What was shown to one person alone follows him wherever he is, and what was
// shared is for all colleagues who see it.
func (r *Router) kept(ctx context.Context, t *turn, action string) (*pressed, string, error) {
	id := strings.TrimPrefix(action, "b:")
	found, err := t.Store.Buttons(ctx, []string{id})
	if err != nil {
		return nil, "", err
	}
	b := found[id]
	if b == nil || t.Now.After(b.Expires) {
		return nil, "button.gone", nil
	}
	behind := bot.ParseKept(b.Action)
	p := &pressed{KeptButton: *b, card: behind.Card}
	p.Action = behind.Line
	switch {
	case b.Conversation != t.Conversation.ID && b.For == "" && !(behind.Shared && t.Staff()):
		if here, err := t.sameRoom(ctx, b.Conversation); err != nil || !here {
			return nil, "button.gone", err
		}
	case b.For != "" && b.For != t.Inbound.Sender.ID:
		return nil, "button.other", nil
	case !b.UsedAt.IsZero():
		return nil, "button.used", nil
	}
	return p, "", nil
}

// sameRoom says whether a conversation is the same chat of colleagues, whatever
// its topic: the card on top of a thread is part of the chat around it.
func (t *turn) sameRoom(ctx context.Context, id crm.ConversationID) (bool, error) {
	if !t.Staff() || t.Inbound.Direct || t.Conversation.Audience != crm.AudienceStaff {
		return false, nil
	}
	c, err := t.Store.Conversation(ctx, id)
	if err != nil {
		return false, unseen(err)
	}
	there := c.Platform == t.Conversation.Platform && c.Install == t.Conversation.Install && c.Chat == t.Conversation.Chat
	return there && c.Audience == crm.AudienceStaff, nil
}

// use marks a button that works once, and says what to tell who came second.
func (t *turn) use(ctx context.Context, b *pressed) (toast string, err error) {
	if !b.Once {
		return "", nil
	}
	first, err := t.Store.UseButton(ctx, b.ID, t.Inbound.Sender.ID, t.Now.UTC())
	if err == nil && !first {
		toast = "button.used"
	}
	return toast, err
}

// toast is a short notice; who typed a number gets it as a message.
func (t *turn) toast(key string) *bot.Reply {
	if t.Inbound.Kind == bot.KindText {
		return bot.Text(t.Words.T(key))
	}
	return &bot.Reply{Toast: t.Words.Label(key)}
}

// press obeys a line of ours: the line of a notice, of a timer.
func (r *Router) press(ctx context.Context, t *turn, line string) (*bot.Reply, error) {
	c, err := r.line(t, line)
	if err != nil {
		return nil, err
	}
	return r.invoke(ctx, t, c)
}

// line is the call that a line of ours makes. CodeNotFound if it means nothing.
func (r *Router) line(t *turn, line string) (*call, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if c := r.commands[name]; c != nil {
		return r.exactly(t, c, rest), nil
	}
	if t.Staff() {
		if call, ok := r.typed(t, line); ok {
			return call, nil
		}
	}
	if name := r.exact[customer.Normal(line)]; name != "" {
		return &call{command: r.commands[name]}, nil
	}
	return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(lineError(line))
}

// openly is the call of a command line that stands for itself: of a shortcut, a
// form or a menu. It does no more than typing it would; nil if it is none.
func (r *Router) openly(t *turn, line string) *call {
	c, err := r.line(t, line)
	switch {
	case err != nil || c.command.Hidden:
		return nil
	case t.Staff():
		if c.command.For == crm.AudienceCustomers {
			return nil
		}
	case c.command.For == crm.AudienceStaff:
		return nil
	case t.Conversation.Audience == crm.AudienceStaff && !strangers[c.command.Name]:
		return nil
	}
	return c
}

// lineError is a line of ours that means nothing: a fault to be found in the log.
type lineError string

func (e lineError) Error() string { return "no such line: " + bot.LineName(string(e)) }

// fill puts the fields of a form in the place of what the line said. An empty
// one was left out on purpose, and is not asked for again.
func (c *call) fill(values map[string]string) {
	for _, a := range fields(c.command) {
		value, there := values[a.Name]
		switch {
		case strings.TrimSpace(value) != "":
			c.set(a.Name, value)
			continue
		case there:
			delete(c.values, a.Name)
		}
		if a.Need == bot.Asked {
			c.skipped = append(c.skipped, a.Name)
		}
	}
}
