package telegram_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/bot"
)

// busy is a house that counts what it is asked, on a clock that can be moved.
type busy struct {
	*adaptertest.House
	asked *atomic.Int64
	late  *atomic.Int64
}

func newBusy() busy {
	return busy{adaptertest.NewHouse(), new(atomic.Int64), new(atomic.Int64)}
}

// Value counts.
func (b busy) Value(ctx context.Context, key string) (string, error) {
	b.asked.Add(1)
	return b.House.Value(ctx, key)
}

// Now is as late as it was set.
func (b busy) Now() time.Time { return b.House.Now().Add(time.Duration(b.late.Load())) }

// TestMessagesDoNotAskTheDatabase sends one message after the other to a chat
// in which nothing lies about.
func TestMessagesDoNotAskTheDatabase(t *testing.T) {
	s, house := newServer(t), newBusy()
	a := open(t, config(s), house)
	a.SetMenu(menu())
	send := func(staff bool, reply *bot.Reply) int64 {
		t.Helper()
		before := house.asked.Load()
		out := direct(reply)
		out.Staff = staff
		if _, err := a.Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		return house.asked.Load() - before
	}
	for i, step := range []struct {
		staff bool
		reply *bot.Reply
		later time.Duration
		asks  int64
	}{
		{reply: bot.Text("a"), asks: 2}, // the first of all, and of this chat
		{reply: bot.Text("b")},
		{reply: buttons},
		{reply: bot.Text("c"), later: time.Minute, asks: 1},
		{reply: bot.Text("d")},
		{staff: true, reply: bot.Text("e")}, // gets a menu of his own, which is remembered too
		{staff: true, reply: bot.Text("f")},
		{staff: true, reply: asks},
		{staff: true, reply: bot.Text("g"), asks: 1}, // takes the keyboard away
		{staff: true, reply: bot.Text("h")},
	} {
		house.late.Add(int64(step.later))
		if n := send(step.staff, step.reply); n != step.asks {
			t.Errorf("message %d asks %d times, want %d", i, n, step.asks)
		}
	}
	if s.Keyboard("555") != "" {
		t.Error("the keyboard stays")
	}
}

// TestAKeyboardOfAnotherReplicaIsSeen has one replica ask for a number in a
// chat that another one remembers as calm.
func TestAKeyboardOfAnotherReplicaIsSeen(t *testing.T) {
	s, house := newServer(t), newBusy()
	here, there := open(t, config(s), house), open(t, config(s), house)
	send := func(a *telegram.Adapter, reply *bot.Reply) {
		t.Helper()
		if _, err := a.Send(t.Context(), direct(reply)); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		send(here, bot.Text("Hello."))
		send(there, asks)
		if s.Keyboard("555") == "" {
			t.Fatal("no keyboard")
		}
		house.late.Add(int64(5 * time.Second)) // as people are
		send(here, buttons)
		if k := s.Keyboard("555"); k != "" {
			t.Errorf("it still lies there: %s", k)
		}
	}
}
