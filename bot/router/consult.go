package router

import (
	"context"
	"errors"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// optionsOf stands before the Action of a form whose field is being searched.
const optionsOf = "options "

// Consult says what to show within the very request, see bot.Inbox: the form
// that an action opens, the errors of a form that is filled in, the options of
// one of its fields. nil is nothing to show. It reads only: the Store of req is
// never written to, and what req collects counts for nothing. Its errors are
// faults of ours, as those of Handle.
func (r *Router) Consult(ctx context.Context, req *bot.Request) (*bot.Reply, error) {
	if req.Session == nil {
		req.Session = &bot.Session{}
	}
	if req.Conversation == nil {
		req.Conversation = &crm.Conversation{Audience: crm.AudienceStaff}
	}
	t := r.reading(req)
	if err := r.situate(ctx, t); err != nil {
		return r.worded(ctx, t, err)
	}
	reply, err := r.consult(ctx, t)
	if err != nil {
		return r.worded(ctx, t, err)
	}
	return reply, nil
}

func (r *Router) consult(ctx context.Context, t *turn) (*bot.Reply, error) {
	if !t.Staff() {
		if t.Conversation.Audience == crm.AudienceCustomers {
			return nil, nil
		}
		return r.stranger(t), nil
	}
	action, options := strings.CutPrefix(t.Inbound.Action, optionsOf)
	c, toast, err := r.considered(ctx, t, action)
	if err != nil {
		return nil, err
	}
	if toast != "" {
		return &bot.Reply{Text: t.Words.T(toast), Toast: t.Words.Label(toast)}, nil
	}
	if c == nil || c.command.Hidden {
		return nil, nil
	}
	if err := permitted(t, c.command); err != nil {
		return r.barred(ctx, t, c, action, err), nil
	}
	if err := r.presume(ctx, t, c); err != nil {
		return nil, err
	}
	switch {
	case t.Inbound.Kind == bot.KindForm:
		return r.checked(ctx, t, c, action)
	case t.Inbound.Kind != bot.KindAction:
		return nil, nil
	case options:
		return r.searched(ctx, t, c, action), nil
	}
	return r.opening(ctx, t, c, action)
}

// considered is the call behind an action, without using the action up. It is
// nil for what is no command of its own, as the button of a question.
func (r *Router) considered(ctx context.Context, t *turn, action string) (*call, string, error) {
	if !strings.HasPrefix(action, "b:") {
		return r.openly(t, action), "", nil
	}
	kept, toast, err := r.kept(ctx, t, action)
	if err != nil || toast != "" || strings.HasPrefix(kept.Action, "form.") {
		return nil, toast, err
	}
	c, err := r.line(t, kept.Action)
	if err != nil {
		return nil, "button.gone", nil
	}
	return c, "", nil
}

// opening is the form that an action opens: of a command that would ask for
// something, or that takes a message in, as does the one that keeps a reply.
func (r *Router) opening(ctx context.Context, t *turn, c *call, action string) (*bot.Reply, error) {
	message := t.Inbound.Text != "" || len(t.Inbound.Values) > 0
	if !message && c.command.Name != saving && !r.wouldAsk(t, c) {
		return nil, nil
	}
	if message {
		action = r.takeIn(ctx, t, c, action)
	}
	form := r.formOf(ctx, t, c, action)
	if len(form.Fields) == 0 {
		return nil, nil
	}
	return &bot.Reply{Form: form}, nil
}

// checked is the form with what is wrong with its values, nil if nothing is.
func (r *Router) checked(ctx context.Context, t *turn, c *call, action string) (*bot.Reply, error) {
	c.fill(t.Inbound.Values)
	form, bad := r.formOf(ctx, t, c, action), false
	for i := range form.Fields {
		field := &form.Fields[i]
		wrong, err := r.wrong(ctx, t, c, field.Name)
		if err != nil {
			return nil, err
		}
		if wrong != "" {
			field.Error, bad = wrong, true
		}
	}
	if !bad {
		return nil, nil
	}
	return &bot.Reply{Form: form}, nil
}

// wrong says what is wrong with the value of an argument, "" if nothing is.
func (r *Router) wrong(ctx context.Context, t *turn, c *call, name string) (string, error) {
	i := slices.IndexFunc(fields(c.command), func(a bot.Arg) bool { return a.Name == name })
	a := fields(c.command)[i]
	raw := c.values[name]
	if strings.TrimSpace(raw) == "" {
		if a.Need == bot.Required {
			return t.Words.Label("form.needed"), nil
		}
		return "", nil
	}
	value, err := r.resolve(ctx, t, a, raw)
	if ref, ok := value.(crm.Ref); ok && err == nil {
		_, err = t.CRM.Records.Show(ctx, t.Actor, ref)
	}
	var many *severalError
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &many):
		return r.severalNames(t, many), nil
	case crm.CodeOf(err) == crm.CodeInternal, crm.CodeOf(err) == crm.CodeUnavailable:
		return "", err
	}
	return markup.Plain(t.Words.Error(err)), nil
}

// severalNames is what a field says that fits several records.
func (r *Router) severalNames(t *turn, many *severalError) string {
	var labels []string
	for _, p := range many.picks {
		labels = append(labels, p.Label)
	}
	return t.Words.Label("form.several", "names", t.Words.Enum(labels))
}

// barred says in a form that its command is not for this person.
func (r *Router) barred(ctx context.Context, t *turn, c *call, action string, err error) *bot.Reply {
	reply := bot.Text(t.Words.Error(err))
	if t.Inbound.Kind != bot.KindForm {
		return reply
	}
	c.fill(t.Inbound.Values)
	if form := r.formOf(ctx, t, c, action); len(form.Fields) > 0 {
		form.Fields[0].Error = markup.Plain(reply.Text)
		reply.Form = form
	}
	return reply
}

// searched is the field of a form with the options for what was typed so far.
func (r *Router) searched(ctx context.Context, t *turn, c *call, action string) *bot.Reply {
	form := &bot.Form{Action: action}
	for _, a := range fields(c.command) {
		if a.Name == string(t.Inbound.Target) {
			form.Fields = []bot.FormField{{
				Name: a.Name, Label: fieldLabel(t.Words, c.command.Name, a.Name), Type: bot.FieldSearch,
				Options: r.found(ctx, t, a, strings.TrimSpace(t.Inbound.Text)),
			}}
		}
	}
	return &bot.Reply{Form: form}
}
