package router

import (
	"context"
	"fmt"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/knowledge"
)

// burstWait is how long a line waits for the next one: people press return in
// the middle of a thought.
const burstWait = 3 * time.Second

// mostBurst bounds the lines that wait.
const mostBurst = 10

// suggest is step 9. A customer's line that nothing knows waits for what
// follows it; then the nearest articles are offered. Staff are offered the
// nearest commands.
func (r *Router) suggest(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if t.quiet || t.text == "" && len(t.Inbound.Files) == 0 {
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
	if !t.joined {
		t.wait()
		return nil, true, nil
	}
	if reply, err := r.unsolved(ctx, t); !reply.Empty() || err != nil {
		return reply, true, err
	}
	t.asked(t.text)
	answer, err := r.find(ctx, t, t.text)
	if err != nil || len(answer.Suggestions) == 0 {
		return nil, false, err
	}
	if answer.Likely {
		return t.articleReply(answer.Suggestions[0]), true, nil
	}
	reply := suggestions(t, answer)
	reply.Buttons = append(reply.Buttons, r.perhaps(t)...)
	reply.Buttons = append(reply.Buttons, bot.Button{Label: t.Words.Label("suggest.none"), Action: "none"})
	return reply, true, nil
}

// suggestions are the nearest articles, as buttons.
func suggestions(t *turn, answer knowledge.Answer) *bot.Reply {
	reply := bot.Text(t.Words.T("suggest.title"))
	for _, a := range answer.Suggestions {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: a.Title, Action: "article " + a.Ref().String()})
	}
	return reply
}

// wait keeps the line and wakes up when nothing has followed for a while.
func (t *turn) wait() {
	s := t.Session
	if len(s.Burst) < mostBurst {
		s.Burst = append(s.Burst, t.text)
	}
	s.BurstSeq++
	s.Changed()
	t.later(fmt.Sprintf("burst %d", s.BurstSeq), burstWait)
	if t.Features.Can(bot.OpTyping) {
		t.Post(bot.Post{Op: bot.OpTyping, Reply: &bot.Reply{}})
	}
}

// takeBurst ends the waiting: what waited has been read.
func (t *turn) takeBurst() []string {
	lines := t.Session.Burst
	if len(lines) > 0 {
		t.Session.Burst = nil
		t.Session.Changed()
	}
	return lines
}

// burst is the wake-up after the last line.
func (r *Router) burst(ctx context.Context, t *turn, seq string) (*bot.Reply, error) {
	if seq != fmt.Sprint(t.Session.BurstSeq) || len(t.Session.Burst) == 0 {
		return nil, nil
	}
	t.say(strings.Join(t.takeBurst(), "\n"))
	t.joined = true
	for _, try := range []func(context.Context, *turn) (*bot.Reply, bool, error){
		r.article, r.intent, r.suggest, r.handoff,
	} {
		reply, done, err := try(ctx, t)
		if done || err != nil {
			return reply, err
		}
	}
	return nil, nil
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
