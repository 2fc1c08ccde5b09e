package pipeline_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/bot/pipeline"
	"crmbot/storage"
	"crmbot/storage/storagetest"
)

func TestChatsThatFailOneAfterTheOtherAreThePlatform(t *testing.T) {
	t.Parallel()
	away := &bot.Failure{Class: bot.Transient, Err: errors.New("away")}
	refused := &bot.Failure{Class: bot.BadContent, Err: errors.New("no")}
	at := storagetest.Clock()
	p := &pipeline.Pulse{}
	row := &bot.OutboxRow{ID: 7}
	for _, chat := range []bot.ChatID{"a", "a", "a", "b"} {
		p.Note(chat, away, at)
	}
	p.Note("b", refused, at) // that is an answer
	for _, chat := range []bot.ChatID{"a", "b", "a"} {
		p.Note(chat, away, at)
	}
	if p.Weak() || p.Room(9, at) != 9 {
		t.Fatal("two chats are taken for the platform")
	}
	well, until := p.Note("c", away, at)
	if well || !until.After(at) || until.Sub(at) > 2*time.Second || !p.Weak() || p.Room(9, at) != 0 {
		t.Fatalf("three chats in a row: %v until %v, room %d", well, until, p.Room(9, at))
	}
	if _, again := p.Note("d", away, at); again != until {
		t.Error("what was under way counts as another try")
	}
	for range 10 {
		at = until
		if p.Room(9, at) != 1 {
			t.Fatalf("room for %d, want one that tries", p.Room(9, at))
		}
		p.Tries(row)
		if p.Room(9, at) != 0 {
			t.Fatal("two try at once")
		}
		_, until = p.Note("a", away, at)
		if wait := until.Sub(at); wait <= 0 || wait > 5*time.Second {
			t.Fatalf("a pause of %s", wait)
		}
		p.Tried(row)
	}
	if well, _ = p.Note("a", nil, until); !well || p.Weak() || p.Room(9, until) != 9 {
		t.Error("it is not well after a success")
	}
}

// A platform that does not answer any more takes every slot once; what waits is
// not used up by it, and goes when it answers again.
func TestAPlatformThatHangsCostsNoAnswer(t *testing.T) {
	t.Parallel()
	storagetest.Databases(t, func(t *testing.T, db *storage.DB) {
		const chats, probes = 20, 4
		h := newHouse(t, db, echo)
		var calls, under atomic.Int64
		var most atomic.Int64
		h.pigeon.answer = func(out bot.Outgoing) (bot.Sent, error) {
			n := calls.Add(1)
			if n > chats+probes {
				return bot.Sent{ID: bot.MessageID("n" + out.Key)}, nil
			}
			if now := under.Add(1); n > chats && now > most.Load() {
				most.Store(now)
			}
			defer under.Add(-1)
			return bot.Sent{}, &bot.Failure{Class: bot.Ambiguous, Err: errors.New("no answer")}
		}
		for n := range chats {
			h.receive(t, says(pigeon, fmt.Sprint("chat", n), "hello"))
		}
		if err := h.WorkOff(t.Context()); err != nil { // all of them wait
			t.Fatal(err)
		}
		h.run(t)
		eventually(t, "everybody is answered", func() bool {
			h.Advance(50 * time.Millisecond)
			for n := range chats {
				if len(h.pigeon.texts(bot.ChatID(fmt.Sprint("chat", n)))) == 0 {
					return false
				}
			}
			return true
		})
		if most.Load() > 1 {
			t.Errorf("%d tried at once while nothing got through", most.Load())
		}
		if n := calls.Load(); n != 2*chats+probes {
			t.Errorf("%d calls for %d answers", n, chats)
		}
	})
}
