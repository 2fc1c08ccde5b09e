package router

import (
	"context"
	"strings"

	"crmbot/bot"
)

// whenever are the commands that beat everything else when a customer's whole
// message is one of their phrases.
var whenever = map[string]bool{"person": true, "cancel": true, "help": true, "stop": true}

// always is step 3: the words that always work for customers.
func (r *Router) always(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.Staff() || t.quiet || t.normal == "" {
		return nil, false, nil
	}
	if reply, done, err := r.opened(ctx, t); done || err != nil {
		return reply, done, err
	}
	name := r.exact[t.core]
	if !whenever[name] {
		return nil, false, nil
	}
	t.takeBurst()
	before := t.Session.Form
	reply, err := r.invoke(ctx, t, &call{command: r.commands[name]})
	if err == nil && before != nil && t.Session.Form == before {
		reply, err = r.again(ctx, t, reply)
	}
	return reply, true, err
}

// opened is "/start baidu", typed where a platform would have told of an
// arrival.
func (r *Router) opened(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	scene, ok := strings.CutPrefix(t.text, "/start")
	if !ok || t.Inbound.Kind != bot.KindText || scene != "" && scene[0] != ' ' {
		return nil, false, nil
	}
	t.Inbound.Scene = strings.TrimSpace(scene)
	reply, err := r.welcome(ctx, t)
	return reply, true, err
}
