package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"crmbot/bot"
	"crmbot/bot/script"
)

// room is a made-up platform: it shows everything to whoever reads. "plain"
// has no buttons; "office" has forms, threads and words for one alone; "floor"
// has topics and people who quote, and nothing that others do not see; "window"
// has no buttons, short messages, and may write only for a while after the
// person has; "counter" is such a one with a desk of its own.
type room struct {
	platform bot.Platform
	file     func(ctx context.Context, hash string) (io.ReadCloser, error) // Host.File
	mu       sync.Mutex
	fresh    []fresh
	shown    []shown
	sent     int                   // messages so far: their names
	topics   map[bot.ChatID]int    // threads so far
	form     *bot.Form             // the one that is open, the latest
	away     map[bot.ChatID]string // chats that are not ours: "taken", "closed" for nobody's, "blocked"
	trouble  trouble
}

// shown is a message that lies in a chat.
type shown struct {
	id  bot.MessageID
	out bot.Outgoing
}

// fresh is an operation that nobody has looked at yet, with what its message
// said before.
type fresh struct {
	out bot.Outgoing
	was *bot.Reply
}

// Platform implements bot.Adapter.
func (r *room) Platform() bot.Platform { return r.platform }

// Features implements bot.Adapter.
func (r *room) Features() bot.Features {
	f := bot.Features{
		Ops:  []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpEphemeral, bot.OpAnswer, bot.OpHome},
		Text: bot.Limit{Max: 4000, Unit: bot.Runes}, Label: bot.Limit{Max: 60, Unit: bot.Runes},
		Buttons: 30, Cards: true, Tables: true, Contact: true, Files: true,
		Names: map[string]string{"en": "Desk", "zh-CN": "前台"},
	}
	switch r.platform {
	case "plain":
		f.Ops, f.Buttons, f.Cards, f.Tables, f.Contact = []bot.Op{bot.OpPost}, 0, false, false, false
	case "office":
		f.Ops = append(f.Ops, bot.OpView, bot.OpTyping, bot.OpThread)
		f.Names = map[string]string{"en": "Office", "zh-CN": "办公室"}
	case "floor":
		f.Ops = []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpAnswer, bot.OpTyping, bot.OpThread}
		f.Cards, f.Tables, f.Quotes = false, false, true
		f.Names = map[string]string{"en": "Floor", "zh-CN": "大厅"}
	case "window", "counter":
		f.Ops = []bot.Op{bot.OpPost, bot.OpNudge, bot.OpTyping}
		f.Names = map[string]string{"en": "Window", "zh-CN": "窗口"}
		if r.platform == "counter" {
			f.Ops = []bot.Op{bot.OpPost, bot.OpTransfer}
			f.Names = map[string]string{"en": "Counter", "zh-CN": "柜台客服"}
		}
		f.Text = bot.Limit{Max: 2048, Unit: bot.Bytes}
		f.Buttons, f.Cards, f.Tables, f.Contact = 0, false, false, false
		f.Credits = []bot.Credit{
			{On: bot.KindText, N: 5, For: 48 * time.Hour},
			{On: bot.KindMedia, N: 5, For: 48 * time.Hour},
			{On: bot.KindMenu, N: 3, For: time.Minute},
			{On: bot.KindFollow, N: 3, For: time.Minute},
		}
	}
	return f
}

// Run implements bot.Adapter.
func (r *room) Run(ctx context.Context, _ bot.Inbox) error {
	<-ctx.Done()
	return nil
}

// Measure implements bot.Adapter.
func (r *room) Measure(markup string) int { return r.Features().Text.Unit.Length(markup) }

// Download implements bot.Downloader: a file is its own name.
func (r *room) Download(_ context.Context, f bot.File) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f.Native)), nil
}

// Send implements bot.Adapter. It opens the files that go out, as platforms
// are sent them.
func (r *room) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if out.Reply != nil {
		for _, f := range out.Reply.Files {
			if err := r.opens(ctx, f); err != nil {
				return bot.Sent{}, &bot.Failure{Class: bot.BadContent, Err: err}
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refuses(out); err != nil {
		return bot.Sent{}, err
	}
	if out.Op == bot.OpTransfer {
		r.away[out.To.Chat] = "taken"
	}
	sent := r.show(out)
	if r.trouble.unsure {
		r.trouble.unsure = false
		return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous, Err: errors.New("no answer")}
	}
	return sent, nil
}

// show puts an operation where everybody can see it.
func (r *room) show(out bot.Outgoing) bot.Sent {
	now := fresh{out: out}
	sent := bot.Sent{}
	switch out.Op {
	case bot.OpEdit, bot.OpDelete:
		sent.ID = out.Target
		i := slices.IndexFunc(r.shown, func(s shown) bool { return s.id == out.Target && s.out.To.Chat == out.To.Chat })
		switch {
		case i < 0 && out.Op == bot.OpEdit: // from before this process
			r.shown = append(r.shown, shown{out.Target, out})
		case i < 0:
		case out.Op == bot.OpEdit:
			now.was, r.shown[i].out.Reply = r.shown[i].out.Reply, out.Reply
		default:
			now.was = r.shown[i].out.Reply
			r.shown = slices.Delete(r.shown, i, i+1)
		}
	case bot.OpThread:
		if r.topics == nil {
			r.topics = map[bot.ChatID]int{}
		}
		r.topics[out.To.Chat]++
		sent.Topic = bot.TopicID(strconv.Itoa(r.topics[out.To.Chat]))
		now.out.To.Topic = sent.Topic
		fallthrough
	default:
		r.sent++
		sent.ID = bot.MessageID(fmt.Sprintf("out-%d", r.sent))
		r.shown = append(r.shown, shown{sent.ID, now.out})
	}
	r.fresh = append(r.fresh, now)
	return sent
}

// desk says what the platform's own desk did with a chat: "taken", "ended", or
// "closed" where nobody has it and we may not write.
func (r *room) desk(chat bot.ChatID, state string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away[chat] = state; state == "ended" {
		delete(r.away, chat)
	}
}

// back lets us write again to somebody who had blocked us and comes back.
func (r *room) back(chat bot.ChatID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away[chat] == "blocked" {
		delete(r.away, chat)
	}
}

func (r *room) opens(ctx context.Context, f bot.File) error {
	if r.file == nil || f.Hash == "" {
		return nil
	}
	in, err := r.file(ctx, f.Hash)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	return in.Close()
}

// button finds the latest button with that label that was shown at an address,
// or on the reader's home page.
func (r *room) button(at bot.Address, label string) (button bot.Button, message bot.MessageID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.shown) - 1; i >= 0; i-- {
		s := r.shown[i]
		if s.out.To != at || s.out.Reply == nil {
			continue
		}
		all := s.out.Reply.Buttons
		for _, c := range s.out.Reply.Cards {
			all = append(append([]bot.Button{}, all...), c.Buttons...)
		}
		for _, b := range all {
			if b.Label == label {
				return b, s.id
			}
		}
	}
	return bot.Button{}, ""
}

// latest is our latest message at an address.
func (r *room) latest(at bot.Address) bot.MessageID {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.shown) - 1; i >= 0; i-- {
		if r.shown[i].out.To == at {
			return r.shown[i].id
		}
	}
	return ""
}

// said takes what was shown since the last time. What is seen in a thread is
// told from what else is edited somewhere.
func (h *House) said() []script.Said {
	var all []script.Said
	for _, platform := range platforms {
		r := h.rooms[platform]
		r.mu.Lock()
		for _, f := range r.fresh {
			out := f.out
			if out.Op == bot.OpAnswer && (out.Reply == nil || out.Reply.Toast == "") {
				continue
			}
			if out.Op == bot.OpTyping {
				out.Reply = nil
			}
			said := script.Said{To: h.speakerAt(out.To), Reply: h.mask(out.Reply), Op: out.Op}
			if said.To.Group != "" && said.Reply != nil && out.Op != bot.OpEphemeral && !r.Features().Can(bot.OpEphemeral) {
				said.Reply.Private = false // everybody there sees it
			}
			if out.To.Topic != "" {
				said.Was = h.mask(f.was)
			}
			if out.Op == bot.OpEphemeral {
				said.For = string(out.For)
			}
			all = append(all, said)
		}
		r.fresh = nil
		r.mu.Unlock()
	}
	return all
}

// masked stands for a link code in a transcript, since no two are the same.
// Somebody who says it in a script says the last code that was shown.
const masked = "XXXX-XXXX"

var codes = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

func (h *House) mask(r *bot.Reply) *bot.Reply {
	if r == nil {
		return nil
	}
	out := *r
	out.Text = codes.ReplaceAllStringFunc(r.Text, func(code string) string {
		if code == "7F3K-9QXA" { // the example in the sentences
			return code
		}
		h.code = code
		return masked
	})
	return &out
}

// speakerAt is who reads at an address.
func (h *House) speakerAt(a bot.Address) script.Speaker {
	if group, ok := strings.CutPrefix(string(a.Chat), "#"); ok {
		thread, _ := strconv.Atoi(string(a.Topic)) // "" is none
		return script.Speaker{Group: group, Thread: thread}
	}
	s := script.Speaker{Name: string(a.Chat), Customer: a.Install == "shop" && !seeded(string(a.Chat))}
	if a.Platform != "desk" {
		s.Place = string(a.Platform)
	}
	if a.Install == "shop" && !s.Customer {
		s.Place = "shop"
	}
	return s
}
