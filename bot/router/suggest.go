package router

import (
	"context"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/knowledge"
)

// suggest is step 9. A customer's line that nothing knows, and files without
// words, wait for what follows, unless it ends as a question does; then the
// nearest articles are offered. Staff are offered the nearest commands.
func (r *Router) suggest(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.quiet || t.text == "" && len(t.Inbound.Files) == 0 {
		return nil, true, nil
	}
	if t.filesAlone() {
		t.wait()
		return nil, true, nil
	}
	if t.Staff() {
		reply, err := r.chat(ctx, t)
		if reply == nil && err == nil {
			reply, err = r.known(ctx, t)
		}
		if reply == nil && err == nil {
			reply = r.unknown(ctx, t)
		}
		return reply, true, err
	}
	if t.text == "" {
		return nil, false, nil
	}
	if !t.joined && !t.whole() {
		t.wait()
		return nil, true, nil
	}
	if !t.joined && t.together() {
		for _, try := range []func(context.Context, *turn) (*bot.Reply, bool, error){r.article, r.intent} {
			if reply, done, err := try(ctx, t); done || err != nil {
				return reply, done, err
			}
		}
	}
	if reply, err := r.unsolved(ctx, t); !reply.Empty() || err != nil {
		return reply, true, err
	}
	t.asked(t.text)
	if waits, err := r.waits(ctx, t); waits || err != nil {
		return nil, true, err
	}
	if !worded(t.text) {
		return nil, false, nil
	}
	answer, err := r.find(ctx, t, t.text)
	if err != nil || len(answer.Suggestions) == 0 && t.Conversation.Person() {
		return nil, false, err // what nobody knows is for the one who was called
	}
	if answer.Likely {
		t.ask(t.text, answer, answer.Suggestions[0])
		return t.answered(answer.Suggestions[0]), true, nil
	}
	t.ask(t.text, answer, nil)
	if asked, err := r.askModel(ctx, t); asked || err != nil {
		return nil, true, err
	}
	reply, done := r.near(t, answer)
	return reply, done, nil
}

// near offers what comes near.
func (r *Router) near(t *turn, answer knowledge.Answer) (*bot.Reply, bool) {
	if len(answer.Suggestions) == 0 {
		return nil, false
	}
	reply := suggestions(t, answer, t.key)
	perhaps := r.perhaps(t)
	customer.Offered(t.Request, t.key, answer.Suggestions, len(perhaps) == 0)
	reply.Buttons = append(reply.Buttons, perhaps...)
	reply.Buttons = append(reply.Buttons, noneButton(t, t.key))
	return reply, true
}

// suggestions are the nearest articles, as buttons.
func suggestions(t *turn, answer knowledge.Answer, key string) *bot.Reply {
	reply := bot.Text(t.Words.T("suggest.title"))
	for _, a := range answer.Suggestions {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: a.Title, Action: keyed("article "+a.Ref().String(), key)})
	}
	return reply
}

// noneButton is that none of the suggestions helps.
func noneButton(t *turn, key string) bot.Button {
	return bot.Button{Label: t.Words.Label("suggest.none"), Action: keyed("none", key)}
}

// keyed is a line about the question of a key, "" for none.
func keyed(line, key string) string {
	if key == "" {
		return line
	}
	return line + " " + pair("key", key)
}

// isName says whether a text is short enough for a name.
func isName(s string) bool { return len([]rune(s)) <= 20 && len(strings.Fields(s)) <= 3 }

// known is what is found under a name that stands alone, nil for nothing.
func (r *Router) known(ctx context.Context, t *turn) (*bot.Reply, error) {
	find := r.commands["find"]
	if find == nil || !isName(t.text) {
		return nil, nil
	}
	for _, name := range []string{t.text, r.sought(t.text)} {
		if name == "" {
			continue
		}
		hits, err := t.CRM.Records.Find(ctx, t.Actor, name, nil, 1)
		if err != nil {
			return nil, err
		}
		if len(hits) > 0 {
			return r.invoke(ctx, t, r.exactly(t, find, quoted(name)))
		}
	}
	return nil, nil
}

// unknown answers staff with what they may have meant.
func (r *Router) unknown(ctx context.Context, t *turn) *bot.Reply {
	reply := bot.Text(t.Words.T("unknown"))
	reply.Buttons = r.remark(ctx, t)
	lines := r.matcher.Nearest(t.text, 3)
	if len(lines)+len(reply.Buttons) == 0 {
		lines = r.mentioned(t)
	}
	for _, line := range lines {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: line, Action: line})
	}
	reply.Buttons = append(reply.Buttons, bot.Button{Label: t.Words.Label("unknown.help"), Action: "help"})
	return reply
}
