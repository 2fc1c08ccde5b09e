package router

import (
	"context"
	"fmt"
	"time"

	"crmbot/bot"
)

// idleAfter is when we believe that somebody has left a form.
const idleAfter = 2 * time.Hour

// idleLine is the line that looks after a form.
func idleLine(f *bot.FormState) string {
	return fmt.Sprintf("form.idle %s %d", f.Command, f.Started.UnixMicro())
}

// idle looks after a form: if its person has left, what is known is enough.
// Nobody who told us what he needs is forgotten because he kept his phone
// number to himself.
func (r *Router) idle(ctx context.Context, t *turn, line string) (*bot.Reply, error) {
	f := t.Session.Form
	if f == nil || idleLine(f) != "form.idle "+line {
		return nil, nil
	}
	if quiet := t.Now.Sub(f.Asked); quiet < idleAfter {
		t.later(idleLine(f), idleAfter-quiet)
		return nil, nil
	}
	return r.submit(ctx, t)
}

// submit ends the open form with what is known, if its person meant it and all
// that is required is there; else it is closed without a word.
func (r *Router) submit(ctx context.Context, t *turn) (*bot.Reply, error) {
	f := t.Session.Form
	c := &call{command: r.commands[f.Command], values: f.Values, text: f.Text}
	t.closeForm()
	if c.command == nil || !c.command.Idle || !f.Meant {
		return nil, nil
	}
	for _, a := range c.command.Args {
		if a.Need == bot.Asked {
			c.skipped = append(c.skipped, a.Name)
		}
	}
	args, missing, err := r.settle(ctx, t, c)
	if missing != nil || err != nil {
		return nil, nil
	}
	t.Args = args
	return r.run(ctx, t, c)
}
