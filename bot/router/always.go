package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
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
	if line := customer.Rating(t.Request); line != "" {
		reply, err := r.press(ctx, t, line)
		return reply, true, err
	}
	name := r.exact[t.core]
	if name == "" && r.wantsPerson(t.said) {
		name = "person"
	}
	if !whenever[name] {
		return nil, false, nil
	}
	if lines := t.takeBurst(); name == "person" && len(lines) > 0 {
		if err := r.unanswered(ctx, t, strings.Join(lines, "\n")); err != nil {
			return nil, true, err
		}
	}
	before := t.Session.Form
	reply, err := r.invoke(ctx, t, &call{command: r.commands[name]})
	if err == nil && before != nil && t.Session.Form == before {
		reply, err = r.again(ctx, t, reply)
	}
	return reply, true, err
}

// wantsPerson says whether a sentence calls for a person, alone or among others:
// "Your bot is useless. HUMAN!", "客服呢？"
func (r *Router) wantsPerson(said *customer.Said) bool {
	if !r.calls.Any(said.Dense()) {
		return false
	}
	sentences := strings.FieldsFunc(said.Text, func(c rune) bool { return strings.ContainsRune(".!?。！？\n…", c) })
	calls := func(s string) bool { return r.exact[r.phrases.Core(s)] == "person" }
	for _, s := range sentences {
		parts := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(",，;；", c) })
		if calls(s) || slices.ContainsFunc(parts, func(p string) bool { return len([]rune(strings.TrimSpace(p))) >= wholeWish && calls(p) }) {
			return true
		}
	}
	return false
}

// wholeWish is how long a part of a sentence is, in runes, that can be a wish and
// no form of address: "客服，在吗".
const wholeWish = 4

// opened is "/start baidu", typed where a platform would have told of an
// arrival.
func (r *Router) opened(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	scene, ok := strings.CutPrefix(t.text, "/start")
	if !ok || t.Inbound.Kind != bot.KindText || scene != "" && scene[0] != ' ' {
		return nil, false, nil
	}
	in := *t.Inbound
	in.Scene, t.Inbound = strings.TrimSpace(scene), &in
	reply, err := r.welcome(ctx, t)
	return reply, true, err
}
