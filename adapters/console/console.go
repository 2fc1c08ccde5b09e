// Package console is a terminal as a chat platform: one line in, the replies
// out. It is the smallest adapter there is, and the one to read first.
//
// A line that somebody types becomes an Inbound (line.go), a Reply becomes
// lines of plain text (render.go), and Stage lets several people speak in turn
// (stage.go). What stands in brackets can be typed as it stands: "[1]" and
// "[Yes]" press a button. A bare number is always text, for it may well be the
// answer to a question.
package console

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
)

// Platform is the name of this platform in addresses.
const Platform bot.Platform = "console"

const (
	lineMax    = 1 << 20 // bytes of a typed line; the rest of the house has its own limits
	buttonsMax = 9
)

// Config says who sits at the terminal.
type Config struct {
	Install  bot.Install
	As       bot.SenderID // who types what Run reads, and whose replies are shown
	Language string       // of the terminal, "" if it is not known
	In       io.Reader
	Out      io.Writer
	// Show is given everything that is sent to anybody, in place of Out.
	Show func(bot.Outgoing)
}

// Adapter is a terminal.
type Adapter struct {
	cfg   Config
	host  bot.Host
	words *locale.Catalog
	run   string // tells the events of this run from those of others

	mu     sync.Mutex
	events int
	heard  map[bot.ChatID]bot.MessageID // the last line of each speaker
	shown  map[bot.ChatID]shown
	err    error // of Out
}

// shown is the last message with buttons.
type shown struct {
	id      bot.MessageID
	buttons []bot.Button
}

// New makes the adapter.
func New(cfg Config, host bot.Host) (*Adapter, error) {
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return &Adapter{
		cfg: cfg, host: host, words: words, run: rand.Text(),
		heard: map[bot.ChatID]bot.MessageID{}, shown: map[bot.ChatID]shown{},
	}, nil
}

// Platform is "console".
func (a *Adapter) Platform() bot.Platform { return Platform }

// Features says that a terminal shows everything, as lines of text.
func (a *Adapter) Features() bot.Features {
	names := map[string]string{}
	for _, lang := range a.words.Languages() {
		names[lang] = a.words.Words(lang).Label("console.name")
	}
	return bot.Features{
		Ops: []bot.Op{bot.OpPost, bot.OpEdit}, Buttons: buttonsMax, Cards: true, Tables: true, Names: names,
	}
}

// Run reads lines until the input or ctx ends. A line is taken when the one
// before it was received, so an inbox that handles at once makes it a
// conversation.
func (a *Adapter) Run(ctx context.Context, inbox bot.Inbox) error {
	if a.cfg.In == nil {
		<-ctx.Done()
		return nil
	}
	prompt, end := "", ""
	if terminal(a.cfg.In) {
		prompt, end = "> ", "\n"
		a.print(a.words.Words(a.cfg.Language).Label("console.hint") + "\n\n")
	}
	defer a.print(end)
	in := &input{lines: make(chan string)}
	go in.read(ctx, a.cfg.In)
	for {
		a.print(prompt)
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-in.lines:
			if !more {
				return errors.Join(in.err, a.broken())
			}
			if strings.TrimSpace(line) == "" {
				continue
			}
			if err := a.Type(ctx, inbox, a.cfg.As, line); err != nil {
				return err
			}
		}
	}
}

// input is what is typed. Reading cannot be interrupted, so somebody else
// waits for it.
type input struct {
	lines chan string
	err   error // once lines is closed
}

func (i *input) read(ctx context.Context, from io.Reader) {
	defer close(i.lines)
	in := bufio.NewScanner(from)
	in.Buffer(nil, lineMax)
	for in.Scan() {
		select {
		case i.lines <- in.Text():
		case <-ctx.Done():
			return
		}
	}
	i.err = in.Err()
}

// Send shows a reply. It fails when the terminal is gone.
func (a *Adapter) Send(_ context.Context, out bot.Outgoing) (bot.Sent, error) {
	id := bot.MessageID(out.Key)
	if out.Op == bot.OpEdit {
		id = out.Target
	}
	all := buttons(out.Reply)
	a.mu.Lock()
	if len(all) > 0 {
		a.shown[out.To.Chat] = shown{id, all}
	}
	a.mu.Unlock()
	switch {
	case a.cfg.Show != nil:
		a.cfg.Show(out)
	case a.cfg.Out != nil && out.To.Chat == bot.ChatID(a.cfg.As):
		a.print(Render(out.Reply) + "\n")
	}
	if err := a.broken(); err != nil {
		return bot.Sent{}, &bot.Failure{Class: bot.RecipientGone, Err: err}
	}
	return bot.Sent{ID: id}, nil
}

// Measure counts the columns that the text takes.
func (a *Adapter) Measure(s string) int { return columns(markup.Plain(s)) }

// print writes to Out and remembers the first failure.
func (a *Adapter) print(s string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil && a.cfg.Out != nil {
		_, a.err = io.WriteString(a.cfg.Out, s)
	}
}

// broken is why Out takes nothing any more.
func (a *Adapter) broken() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// terminal says whether somebody types.
func terminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
