package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

// Local is an adapter without a platform elsewhere: people sit right in front
// of it, at a terminal or a page of ours. It has no requests to forge, no API
// that fails, and every message is taken or refused on the spot.
type Local struct {
	New func(t *testing.T, host bot.Host) bot.Adapter
	// Say brings a text in as a person would, and returns nil once it is safe.
	// An error says that it was refused, and that the person was told.
	Say func(t *testing.T, a bot.Adapter, inbox bot.Inbox, text string) error
	// To is the direct chat that the suite writes to.
	To bot.Address
	// TextMax is the longest text that is taken, in runes; 0 is no limit.
	TextMax int
}

// RunLocal runs what of the suite concerns such an adapter.
func RunLocal(t *testing.T, l Local) {
	t.Run("features", l.features)
	t.Run("odd_text", l.oddText)
	t.Run("events_differ", l.eventsDiffer)
	t.Run("database_away", l.databaseAway)
	t.Run("long_text", l.longText)
	t.Run("send", l.send)
	t.Run("live", l.live)
}

func (l Local) features(t *testing.T) {
	a := l.New(t, NewHouse())
	f := a.Features()
	if !f.Can(bot.OpPost) || f.Names["en"] == "" || f.Names["zh-CN"] == "" {
		t.Errorf("features: %+v", f)
	}
	if a.Platform() != l.To.Platform {
		t.Errorf("platform %q, want %q", a.Platform(), l.To.Platform)
	}
	if n := a.Measure(""); n != 0 {
		t.Errorf("Measure of nothing = %d", n)
	}
	if plain, bold := a.Measure("你好 world"), a.Measure("**你好** world"); plain == 0 || bold < plain {
		t.Errorf("Measure: plain %d, bold %d", plain, bold)
	}
}

func (l Local) oddText(t *testing.T) {
	for _, text := range oddTexts() {
		house := NewHouse()
		err := l.Say(t, l.New(t, house), house, text)
		if tooLong := l.TextMax > 0 && utf8.RuneCountInString(text) > l.TextMax; tooLong {
			if err == nil || len(house.Received()) != 0 {
				t.Errorf("%.40q was taken", text)
			}
			continue
		}
		if err != nil || len(house.Received()) == 0 {
			t.Errorf("%.40q: %v, received %d", text, err, len(house.Received()))
			continue
		}
		in := last(house)
		if strings.ContainsRune(in.Text, 0) || !utf8.ValidString(in.Text) || in.Text == "" {
			t.Errorf("%.40q became %.40q", text, in.Text)
		}
		if in.EventID == "" || in.V != bot.InboundVersion || in.Address.Chat == "" || in.Sender.ID == "" || in.At.IsZero() || !in.Direct {
			t.Errorf("incomplete: %+v", in)
		}
	}
}

func (l Local) eventsDiffer(t *testing.T) {
	house := NewHouse()
	a := l.New(t, house)
	for range 2 {
		if err := l.Say(t, a, house, "once"); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for _, in := range house.Received() {
		if seen[in.EventID] {
			t.Errorf("two events, one id: %s", in.EventID)
		}
		seen[in.EventID] = true
	}
}

func (l Local) databaseAway(t *testing.T) {
	house := NewHouse()
	a := l.New(t, house)
	house.Away(true)
	if err := l.Say(t, a, house, "hello"); err == nil {
		t.Error("a message was acknowledged while the database is away")
	}
	house.Away(false)
	if err := l.Say(t, a, house, "hello"); err != nil || last(house).Text != "hello" {
		t.Errorf("once it is back: %v, %+v", err, last(house))
	}
}

// longText checks that what Fit makes of a long reply is taken.
func (l Local) longText(t *testing.T) {
	a := l.New(t, NewHouse())
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "- **Zeile %d** 麦芽糖浆 👨‍👩‍👧 <b>&amp; [链接 %d](https://example.com/?a=1&b=%d) _end_.\n", i, i, i)
	}
	for i, piece := range bot.Fit(&bot.Reply{Text: b.String()}, a.Features(), a.Measure) {
		if n, limit := a.Measure(piece.Text), a.Features().Text.Max; limit > 0 && n > limit {
			t.Errorf("piece %d measures %d of %d", i, n, limit)
		}
		if _, err := a.Send(t.Context(), bot.Outgoing{V: 1, Key: fmt.Sprint(i), Op: bot.OpPost, To: l.To, Direct: true, Reply: piece}); err != nil {
			t.Errorf("piece %d was refused: %v", i, err)
		}
	}
}

// send checks every operation that the adapter says it has.
func (l Local) send(t *testing.T) {
	a := l.New(t, NewHouse())
	reply := &bot.Reply{
		Text: "**Found** one", Cards: []bot.Card{{Title: "LEAD-1", Fields: []bot.Field{{Name: "电话", Value: "138"}}}},
		Table:   &bot.Table{Header: []string{"a"}, Rows: [][]string{{"1"}, {}}, Lines: []string{"1"}},
		Buttons: []bot.Button{{Label: "Yes", Action: "b:1"}, {Label: "Page", URL: "https://example.com"}},
	}
	for _, op := range a.Features().Ops {
		out := bot.Outgoing{V: 1, Key: "1-1", Op: op, To: l.To, Direct: true, Target: "7", Reply: reply}
		if op == bot.OpDelete {
			out.Reply = nil
		}
		sent, err := a.Send(t.Context(), out)
		if err != nil || op == bot.OpPost && sent.ID == "" {
			t.Errorf("%s: %+v, %v", op, sent, err)
		}
	}
}

// live checks that Run ends with its context and leaves nothing behind.
func (l Local) live(t *testing.T) {
	house := NewHouse()
	a := l.New(t, house)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, house) }()
	if err := l.Say(t, a, house, "hello"); err != nil {
		t.Error(err)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run goes on after its context has ended")
	}
	if left := goroutines(a.Platform()); left != "" {
		t.Errorf("left behind:\n%s", left)
	}
}

func last(h *House) bot.Inbound {
	all := h.Received()
	if len(all) == 0 {
		return bot.Inbound{}
	}
	return all[len(all)-1]
}
