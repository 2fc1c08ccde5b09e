package adaptertest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/markup"
)

func (s *suite) features(t *testing.T) {
	a := s.New(t, NewHouse())
	f := a.Features()
	if !f.Can(bot.OpPost) || f.Text.Max <= 0 || f.Names["en"] == "" || f.Names["zh-CN"] == "" || f.Rates.PerSecond == 0 {
		t.Errorf("features: %+v", f)
	}
	if a.Platform() != s.To.Platform {
		t.Errorf("platform %q, want %q", a.Platform(), s.To.Platform)
	}
	if n := a.Measure(""); n != 0 {
		t.Errorf("Measure of nothing = %d", n)
	}
	if plain, bold := a.Measure("你好 world"), a.Measure("**你好** world"); plain == 0 || bold < plain {
		t.Errorf("Measure: plain %d, bold %d", plain, bold)
	}
}

// send performs an operation on a fresh adapter and returns the calls it made.
func (s *suite) send(t *testing.T, out bot.Outgoing) (bot.Sent, []Call, error) {
	t.Helper()
	house := NewHouse()
	for hash, data := range s.Kept {
		house.Keep(hash, data)
	}
	before := len(s.API.Calls())
	sent, err := s.New(t, house).Send(t.Context(), out)
	s.quiet(t, house.Log(), fmt.Sprint(err))
	return sent, s.API.Calls()[before:], err
}

func (s *suite) outgoing(t *testing.T) {
	for name, out := range s.Outgoing {
		t.Run(name, func(t *testing.T) {
			sent, calls, err := s.send(t, out)
			if err != nil {
				t.Fatal(err)
			}
			if out.Op == bot.OpPost && out.Turn == "" && sent.ID == "" {
				t.Error("a new message without an id")
			}
			golden(t, "out/"+name, readable(calls), s.API.Host)
		})
	}
}

// longText checks that what Fit makes of a long reply is taken, and that
// nothing of it is lost.
func (s *suite) longText(t *testing.T) {
	a := s.New(t, NewHouse())
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "- **Zeile %d** 麦芽糖浆 👨‍👩‍👧 <b>&amp; \\_x\\_ [链接 %d](https://example.com/?a=1&b=%d) _end_.\n", i, i, i)
	}
	b.WriteString(strings.Repeat("没有空格的长句子", 900))
	pieces := bot.Fit(&bot.Reply{Text: b.String()}, a.Features(), a.Measure)
	if len(pieces) < 2 {
		t.Fatalf("%d pieces", len(pieces))
	}
	var got strings.Builder
	for i, piece := range pieces {
		if n := a.Measure(piece.Text); n > a.Features().Text.Max {
			t.Errorf("piece %d measures %d of %d", i, n, a.Features().Text.Max)
		}
		if _, _, err := s.send(t, bot.Outgoing{V: 1, Op: bot.OpPost, To: s.To, Direct: true, Reply: piece}); err != nil {
			t.Errorf("piece %d was refused: %v", i, err)
		}
		got.WriteString(markup.Plain(piece.Text))
	}
	squeeze := func(text string) string { return strings.Join(strings.Fields(text), "") }
	if squeeze(got.String()) != squeeze(markup.Plain(b.String())) {
		t.Error("the pieces are not the whole")
	}
}

func (s *suite) hello() bot.Outgoing {
	return bot.Outgoing{V: 1, Key: "1-1", Op: bot.OpPost, To: s.To, Direct: true, Reply: bot.Text("hello")}
}

func (s *suite) failures(t *testing.T) {
	for _, f := range s.Failures {
		t.Run(f.Name, func(t *testing.T) {
			s.API.Force(s.Post, f.Answer)
			_, _, err := s.send(t, s.hello())
			if err == nil {
				t.Fatal("no error")
			}
			got := bot.FailureOf(err)
			if got.Class != f.Class || got.After != f.After || got.To.Chat != f.To {
				t.Errorf("%v: class %s after %v to %q; want %s, %v, %q", err, got.Class, got.After, got.To.Chat, f.Class, f.After, f.To)
			}
		})
	}
}

// inDoubt checks what is said of a message whose answer never came.
func (s *suite) inDoubt(t *testing.T) {
	want := bot.Ambiguous
	if s.Repeatable {
		want = bot.Transient
	}
	t.Run("cut", func(t *testing.T) {
		s.API.Force(s.Post, Answer{Cut: true})
		if _, _, err := s.send(t, s.hello()); bot.FailureOf(err).Class != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		house := NewHouse()
		a := s.New(t, house)
		ctx, cancel := context.WithCancel(t.Context())
		s.API.Force(s.Post, Answer{Hang: true})
		n := len(s.API.Calls(s.Post))
		done := make(chan error, 1)
		go func() { _, err := a.Send(ctx, s.hello()); done <- err }()
		s.API.Await(s.Post, n+1, patience)
		cancel()
		if err := <-done; bot.FailureOf(err).Class != want {
			t.Errorf("%v, want %s", err, want)
		}
		s.quiet(t, house.Log())
	})
	t.Run("never_sent", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		house := NewHouse()
		_, err := s.New(t, house).Send(ctx, s.hello())
		if bot.FailureOf(err).Class != bot.Transient || err == nil {
			t.Errorf("%v, want transient", err)
		}
		s.quiet(t, house.Log(), fmt.Sprint(err))
	})
}

// live checks that Run takes in what comes by itself, outlives a database that
// is away, and leaves nothing behind.
func (s *suite) live(t *testing.T) {
	for _, l := range s.Live {
		t.Run(l.Name, func(t *testing.T) {
			house := NewHouse()
			a := l.New(t, house)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- a.Run(ctx, house) }()
			if !l.Ready(patience) {
				t.Fatalf("not at work; log: %s", house.Log())
			}
			if l.Deliver != nil {
				l.Deliver(s.Text("first"))
				l.Deliver(s.Text("second"))
				if !house.Wait(2, patience) {
					t.Errorf("received %d of 2; log: %s", len(house.Received()), house.Log())
				}
				if l.Settled != nil && !l.Settled(patience) {
					t.Error("not acknowledged")
				}
			}
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("Run: %v", err)
				}
			case <-time.After(patience):
				t.Fatal("Run goes on after its context has ended")
			}
			if left := goroutines(a.Platform()); left != "" {
				t.Errorf("left behind:\n%s", left)
			}
			s.quiet(t, house.Log())
		})
	}
}

// goroutines are those that run code of the platform's adapter.
func goroutines(p bot.Platform) string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var left []string
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		mine := strings.Contains(stack, "crmbot/adapters/"+string(p)+".(*Adapter)")
		if mine && !strings.Contains(stack, "testing.tRunner") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
