package router

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// confirming is what a form asks for last: whether everything is right.
const confirming = "confirm"

// invoke obeys a call as far as it can: it checks the permission, resolves
// what was typed, asks for what is missing or unclear, and runs the command
// when nothing is.
func (r *Router) invoke(ctx context.Context, t *turn, c *call) (*bot.Reply, error) {
	if c.command == nil {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone")
	}
	if err := permitted(t, c.command); err != nil {
		return nil, err
	}
	if err := r.presume(ctx, t, c); err != nil {
		return nil, err
	}
	if err := r.sound(t, c); err != nil {
		return nil, err
	}
	args, missing, err := r.settle(ctx, t, c)
	if missing != nil && c.command.Hidden {
		return nil, crm.Fail(crm.CodeNotFound, "button.gone").Because(lineError(c.line()))
	}
	if missing != nil {
		return r.ask(ctx, t, c, *missing, err)
	}
	if err != nil {
		return nil, err
	}
	t.Args = args
	if c.command.Confirm && !c.yes {
		return r.askConfirm(ctx, t, c), nil
	}
	return r.run(ctx, t, c)
}

// permitted is the one check of who may do what by role; what may be done to
// which record is checked by the services. What comes from ourselves asks for
// no role.
func permitted(t *turn, c *bot.Command) error {
	switch {
	case c.For == crm.AudienceStaff && !t.Staff():
		return crm.Fail(crm.CodeUnidentified, "error.unidentified")
	case c.For == crm.AudienceCustomers && t.Contact == nil:
		return crm.Fail(crm.CodeUnsupported, "error.customers")
	case t.Inbound.Kind == bot.KindSystem:
		return nil
	case len(c.Roles) > 0 && !slices.Contains(c.Roles, t.Actor.Role):
		return crm.Fail(crm.CodeForbidden, "error.forbidden")
	}
	return nil
}

// fields are what a command wants to know, its record first.
func fields(c *bot.Command) []bot.Arg {
	if !takesSubject(c) {
		return c.Args
	}
	kinds := c.Subjects
	if c.Subject != "" {
		kinds = []crm.Kind{c.Subject}
	}
	return append([]bot.Arg{{Name: subject, Type: bot.ArgRef, Need: bot.Required, Kinds: kinds}}, c.Args...)
}

// settle resolves what was typed. missing is the first argument that has to be
// asked for; err then says what was wrong with what was typed, if anything.
func (r *Router) settle(ctx context.Context, t *turn, c *call) (args bot.Args, missing *bot.Arg, err error) {
	args = bot.Args{Text: c.text, Values: map[string]any{}}
	for _, a := range fields(c.command) {
		raw, given := c.values[a.Name]
		if !given && a.Known != nil && missing == nil { // it is looked up when its turn comes
			t.Args = args
			if raw = a.Known(t.Request); raw != "" {
				given = true
			}
		}
		if given && raw != "" && strings.TrimSpace(raw) == "" {
			continue // known to be nothing
		}
		if !given || raw == "" {
			if a.Need != bot.Optional && !slices.Contains(c.skipped, a.Name) && missing == nil {
				missing = &a
				if a.Name == subject {
					return args, missing, nil
				}
			}
			continue
		}
		value, wrong := r.resolve(ctx, t, a, raw)
		switch {
		case wrong == nil:
			put(&args, a.Name, value)
		case askable(wrong) && !optional(c.command):
			delete(c.values, a.Name)
			c.unclear = raw
			return args, &a, wrong
		default:
			return args, nil, wrong
		}
	}
	return args, missing, nil
}

func put(args *bot.Args, name string, value any) {
	if name == subject {
		args.Subject, _ = value.(crm.Ref)
		return
	}
	args.Values[name] = value
}

// askable says whether a wrong value is worth another question.
func askable(err error) bool {
	var many *severalError
	if errors.As(err, &many) {
		return true
	}
	code := crm.CodeOf(err)
	return code == crm.CodeInvalid || code == crm.CodeNotFound
}

// run does the work. What it wrote is undone when it fails. A field that the
// rules do not accept is asked for again.
func (r *Router) run(ctx context.Context, t *turn, c *call) (*bot.Reply, error) {
	form := t.Session.Form
	if form != nil && form.Command == c.command.Name {
		t.Session.Form = nil
		t.Session.Changed()
	}
	reply, err := r.attempt(ctx, t, c.command.Run)
	if err == nil {
		t.ran = c
		t.Did(c.command.Name)
		if c.yes && reply != nil && t.Inbound.Kind == bot.KindAction {
			reply.Replace = true
		}
		return r.redraw(ctx, t, c, reply)
	}
	var e *crm.Error
	if errors.As(err, &e) && e.Code == crm.CodeInvalid && e.Field != "" {
		for _, a := range fields(c.command) {
			if a.Name == e.Field {
				delete(c.values, a.Name)
				c.yes = false
				return r.ask(ctx, t, c, a, err)
			}
		}
	}
	return nil, err
}

// attempt runs a handler over a savepoint: either everything it wrote stays,
// or nothing.
func (r *Router) attempt(ctx context.Context, t *turn, do bot.Handler) (*bot.Reply, error) {
	var reply *bot.Reply
	outer, services := t.Store, t.CRM
	before := t.Effects()
	defer func() { t.Store, t.CRM = outer, services }()
	_, err := outer.Savepoint(ctx, func(ctx context.Context, store bot.Store) error {
		t.Store = store
		t.CRM = crm.NewServices(store, func() time.Time { return t.Now.UTC().Truncate(time.Microsecond) }, services.Settings)
		var err error
		reply, err = do(ctx, t.Request)
		return err
	})
	if err != nil {
		t.Restore(before)
		return nil, err
	}
	return reply, nil
}
