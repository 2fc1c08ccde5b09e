package router

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// burstWait is how long a line, or a file without words, waits for the next
// one: people press return in the middle of a thought, and choose their
// pictures together.
const burstWait = 3 * time.Second

// The most lines and files that wait.
const (
	mostBurst = 10
	mostFiles = 30
)

// filesSoon is how long the answer to files holds for more of them: on a slow
// line each takes its time.
const filesSoon = time.Minute

// filesAlone says whether files came without a word, and may be followed by
// more.
func (t *turn) filesAlone() bool { return !t.joined && t.text == "" && len(t.Inbound.Files) > 0 }

// wait keeps what came and wakes up when nothing has followed for a while.
func (t *turn) wait() {
	s := t.Session
	if t.text != "" && len(s.Burst) < mostBurst {
		s.Burst = append(s.Burst, t.text)
	}
	for _, f := range t.Inbound.Files[:min(len(t.Inbound.Files), mostFiles-len(s.Files))] {
		s.Files = append(s.Files, f.Name)
	}
	s.BurstSeq++
	s.Changed()
	t.later(fmt.Sprintf("burst %d", s.BurstSeq), burstWait)
	if answered := t.text == "" && t.value("files") != ""; !answered && t.Conversation.Status != crm.ConversationWaiting && t.Features.Can(bot.OpTyping) {
		t.Post(bot.Post{Op: bot.OpTyping, Reply: &bot.Reply{}})
	}
}

// takeBurst ends the waiting of lines: they have been read.
func (t *turn) takeBurst() []string {
	lines := t.Session.Burst
	if len(lines) > 0 {
		t.Session.Burst = nil
		t.Session.Changed()
	}
	return lines
}

// takeFiles ends the waiting of files: they are now those of this event.
func (t *turn) takeFiles() {
	if len(t.Session.Files) == 0 {
		return
	}
	in := *t.Inbound
	in.Files = slices.Clone(in.Files)
	for _, name := range t.Session.Files {
		in.Files = append(in.Files, bot.File{Name: name})
	}
	t.Inbound, t.Session.Files = &in, nil
	t.Session.Changed()
}

// whole says whether a line ends what somebody wants to say: nothing has to be
// waited for behind a question mark.
func (t *turn) whole() bool {
	return strings.HasSuffix(t.text, "?") || strings.HasSuffix(t.text, "？")
}

// together makes one text of the lines that wait and the one at hand. It says
// whether there were any.
func (t *turn) together() bool {
	lines := t.takeBurst()
	if t.joined = true; len(lines) == 0 {
		return false
	}
	t.say(strings.Join(append(lines, t.text), "\n"))
	return true
}

// burst is the wake-up after the last line or file: all that waited goes down
// the steps together.
func (r *Router) burst(ctx context.Context, t *turn, seq string) (*bot.Reply, error) {
	s := t.Session
	if seq != fmt.Sprint(s.BurstSeq) || len(s.Burst)+len(s.Files) == 0 {
		return nil, nil
	}
	t.say(strings.Join(t.takeBurst(), "\n"))
	t.takeFiles()
	t.joined = true
	if t.handedOff() {
		return nil, nil
	}
	tries := []func(context.Context, *turn) (*bot.Reply, bool, error){r.article, r.intent, r.filed, r.suggest, r.handoff}
	if t.text == "" {
		tries = []func(context.Context, *turn) (*bot.Reply, bool, error){r.filed, r.form, r.suggest, r.handoff}
	}
	for _, try := range tries {
		reply, done, err := try(ctx, t)
		if done || err != nil {
			return reply, err
		}
	}
	return nil, nil
}

// filed puts files with the open ticket of their sender. Where there is none
// and they came without a word, as some did just before, that has been
// answered.
func (r *Router) filed(ctx context.Context, t *turn) (*bot.Reply, bool, error) {
	if len(t.Inbound.Files) == 0 {
		return nil, false, nil
	}
	if t.Session.Form == nil {
		if reply, err := r.unsolved(ctx, t); !reply.Empty() || err != nil {
			return reply, true, err
		}
		if reply, err := r.attach(ctx, t); !reply.Empty() || err != nil {
			return reply, true, err
		}
	}
	return nil, t.text == "" && t.since("files", filesSoon), nil
}

// along answers the files that waited with what was said after them: one
// answer for all of it. What a form asks for is not yet a ticket, and a new
// ticket is shown with its files.
func (r *Router) along(ctx context.Context, t *turn, reply *bot.Reply) (*bot.Reply, error) {
	if t.Inbound.Kind == bot.KindSystem || t.Inbound.Kind == bot.KindMedia && t.text == "" {
		return reply, nil
	}
	if t.value("files") != "" {
		t.setValue("files", "")
	}
	if len(t.Session.Files) == 0 || reply.Empty() || reply.Toast != "" {
		return reply, nil
	}
	t.takeFiles()
	if ran := t.ran; t.Session.Form != nil || t.Contact == nil || ran != nil && ran.command.Name == "trouble" {
		return reply, nil
	}
	kept, err := r.attach(ctx, t)
	return joinReplies(kept, reply), err
}
